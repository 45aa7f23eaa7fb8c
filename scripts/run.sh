#!/usr/bin/env bash
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
# shellcheck source=scripts/lib/sdk.sh
. "$here/lib/sdk.sh"
# shellcheck source=scripts/lib/net.sh
. "$here/lib/net.sh"

usage() {
    cat <<'TEXT'
Builds the collector and the demo it watches (a small trading operation), starts both and shows the collector's log
until Ctrl+C. Needs a .NET 10 SDK and nothing else: rows go to an embedded SQLite file.

Usage: scripts/run.sh [options]

  --questdb           write to a QuestDB started by scripts/questdb.sh (a jar at QUESTDB_JAR with Java, or Docker)
  --http-port N       the collector's /metrics and health (default 9464)
  --gateway-port N    where line protocol is taken (default 9465)
  --demo-port N       the demo's pages and exchanges (default 9470)
  --questdb-port N    HTTP of the QuestDB started by --questdb (default 9000); its other ports are any free ones
  --speed X           operating hours per hour of the demo's daemons (default 60: an hour's fetches take a minute)
  --faults            something goes wrong in the demo every two minutes
  --state-dir DIR     data and logs (default .run)
  --no-build          start what is built already
  --help

Environment:
  QUESTDB_URL   write to this QuestDB instead, for instance http://127.0.0.1:9000
  COLLECTOR__…  any setting of the collector, as in collector.yaml

Ends with 130 after Ctrl+C, 0 after SIGTERM, 1 when a part does not start or ends by itself, 2 for a wrong argument,
3 when the SDK is missing or a port is in use.
TEXT
}

fail() {
    printf 'run.sh: %s\n' "$2" >&2
    exit "$1"
}

say() { printf 'run.sh: %s\n' "$*"; }

number() {
    [[ ${2:-} =~ ^[0-9]+$ ]] || fail 2 "$1 takes a port, not '${2:-}'."
}

# Stopped in this order: the collector first, so that it reads and delivers to the end; the database last.
collector='' demo='' questdb='' log=''
# shellcheck disable=SC2317  # the trap calls it
stop_all() {
    trap '' INT TERM
    local part
    for part in "$collector" "$demo" "$questdb"; do
        if [ -n "$part" ]; then stop_processes 20 "$part"; fi
    done
    # It ends by itself once the collector has and the rest of the log is shown.
    if [ -n "$log" ]; then
        wait "$log" 2>/dev/null || true
    fi
    collector='' demo='' questdb='' log=''
}

check_port() {
    if port_taken "$1"; then
        fail 3 "port $1 on 127.0.0.1 is in use, and $2 needs it: end what listens there, or choose another with $3."
    fi
}

# quietly LOG COMMAND...: shows the output only when the command fails.
quietly() {
    local log_file=$1
    shift
    if ! "$@" >"$log_file" 2>&1; then
        cat "$log_file"
        fail 1 "failed: $*"
    fi
}

build() {
    local project
    say "building (the first time takes a minute)"
    for project in demo/Demo.csproj collector/App/Collector.App.csproj; do
        quietly "$state/build.log" dotnet restore "$root/$project" --locked-mode "${build_flags[@]}"
        quietly "$state/build.log" dotnet build "$root/$project" -c Release --no-restore "${build_flags[@]}"
    done
}

# not_ready WHAT LOG: shows the end of the log and gives up.
not_ready() {
    echo "--- the last lines of $2"
    tail -n 40 "$2" || true
    echo "---"
    fail 1 "$1 did not become ready."
}

start_questdb() {
    "$here/questdb.sh" "$state/questdb" --http-port "$questdb_port" --pg-port "$(free_port)" \
        --ilp-port "$(free_port)" --health-port "$(free_port)" >"$state/questdb.log" 2>&1 &
    questdb=$!
    say "starting QuestDB"
    await_http "$questdb" "$questdb_port" /ping 204 120 || not_ready QuestDB "$state/questdb.log"
    QUESTDB_URL=http://127.0.0.1:$questdb_port
}

start_demo() {
    dotnet "$root/demo/bin/Release/net10.0/demo.dll" --port "$demo_port" --speed "$speed" --catalog "$state/catalog" \
        --push "http://127.0.0.1:$gateway_port/write" ${faults:+"$faults"} >"$state/demo.log" 2>&1 &
    demo=$!
    await_http "$demo" "$demo_port" /status 200 30 || not_ready 'the demo' "$state/demo.log"
}

# intervals SECONDS: how often which data are expected at the demo's speed, and so many seconds more.
intervals() {
    # The collector's limits: from 1 s to 30 days, and to a day for the last.
    awk -v speed="$speed" -v more="$1" '
        function ms(hours, most) { t = hours * 3600000 / speed + more * 1000; return (t < 1000 ? 1000 : t > most ? most : int(t)) "ms" }
        BEGIN { printf "{expected: {oi: %s, funding: %s}, event_interval: %s}", ms(1 / 12, 2592000000), ms(1, 2592000000), ms(2, 86400000) }'
}

# The demo's configuration with the ports and folders of this run, in the state folder.
write_config() {
    local config
    config=$(<"$root/demo/collector.yaml")
    config=${config//127.0.0.1:9470/127.0.0.1:$demo_port}
    config=${config//..\/.run/"${state//\'/\'\'}"}
    config=${config//..\/schemas/"${root//\'/\'\'}/schemas"}
    # Five minutes, an hour and two hours of the daemons, at their speed; what is written is written up to 5 s later.
    local gaps written
    gaps=$(intervals 0)
    written=$(intervals 5)
    config=${config//'{expected: {oi: 5s, funding: 1m}, event_interval: 2m}'/"$gaps"}
    config=${config//'{expected: {oi: 10s, funding: 65s}, event_interval: 2m}'/"$written"}
    printf '%s\n' "$config" >"$state/collector.yaml"
}

start_collector() {
    export COLLECTOR__DATA_DIR=${COLLECTOR__DATA_DIR:-$state/demo}
    export COLLECTOR__HTTP__LISTEN=127.0.0.1:$http_port COLLECTOR__GATEWAY__LISTEN=127.0.0.1:$gateway_port
    if [ -n "${QUESTDB_URL:-}" ]; then
        export COLLECTOR__STORE__TYPE=questdb COLLECTOR__STORE__QUESTDB__URL=$QUESTDB_URL
    fi
    write_config
    : >"$state/collector.log"
    dotnet "$root/collector/App/bin/Release/net10.0/collector.dll" run --config "$state/collector.yaml" \
        >>"$state/collector.log" 2>&1 &
    collector=$!
    await_http "$collector" "$http_port" /health/ready 200 60 || not_ready 'the collector' "$state/collector.log"
}

where_to_look() {
    local store
    if [ -n "${QUESTDB_URL:-}" ]; then
        store="  rows      $QUESTDB_URL (console); for instance
            SELECT * FROM daemon_metrics ORDER BY timestamp DESC LIMIT 5"
    else
        local file=${COLLECTOR__STORE__SQLITE__PATH:-$COLLECTOR__DATA_DIR/collector.db}
        store="  rows      $file
            with the sqlite3 program, if you have it:
            sqlite3 -header -column '$file' 'SELECT * FROM daemon_metrics ORDER BY timestamp DESC LIMIT 5'"
    fi
    cat <<TEXT

The collector is ready.
  page      http://127.0.0.1:$http_port/
  metrics   http://127.0.0.1:$http_port/metrics
  health    http://127.0.0.1:$http_port/health/ready
  write     http://127.0.0.1:$gateway_port/write
  demo      http://127.0.0.1:$demo_port/ says what there is, and what can go wrong on request
$store
  settings  $state/collector.yaml
  logs      $state/*.log
Ctrl+C stops everything. The collector's log:

TEXT
}

http_port=9464 gateway_port=9465 demo_port=9470 questdb_port=9000 speed=60 state=$root/.run faults='' with_questdb=no with_build=yes
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h) usage; exit 0 ;;
        --questdb) with_questdb=yes ;;
        --no-build) with_build=no ;;
        --http-port) number "$@"; http_port=$2; shift ;;
        --gateway-port) number "$@"; gateway_port=$2; shift ;;
        --demo-port) number "$@"; demo_port=$2; shift ;;
        --questdb-port) number "$@"; questdb_port=$2; shift ;;
        --speed) [ -n "${2:-}" ] || fail 2 "--speed takes a number."; speed=$2; shift ;;
        --faults) faults=--faults ;;
        --state-dir) [ -n "${2:-}" ] || fail 2 "--state-dir takes a folder."; state=$2; shift ;;
        *) fail 2 "there is no option '$1'; see --help." ;;
    esac
    shift
done

require_sdk "$root"
check_port "$http_port" "the collector" --http-port
check_port "$gateway_port" "the collector's gateway" --gateway-port
check_port "$demo_port" "the demo" --demo-port
if [ "$with_questdb" = yes ]; then
    [ -z "${QUESTDB_URL:-}" ] || fail 2 "--questdb starts a QuestDB, and QUESTDB_URL names another: choose one."
    check_port "$questdb_port" QuestDB --questdb-port
    "$here/questdb.sh" --check >/dev/null
fi

trap 'stop_all' EXIT
trap 'echo; exit 130' INT
trap 'exit 0' TERM
mkdir -p "$state"
state=$(cd "$state" && pwd)

if [ "$with_build" = yes ]; then build; fi
if [ "$with_questdb" = yes ]; then start_questdb; fi
start_demo
start_collector
where_to_look
tail -n +1 -f --pid="$collector" "$state/collector.log" &
log=$!

# Until a signal, or until one of them ends by itself.
code=0
wait -n "$collector" "$demo" ${questdb:+"$questdb"} || code=$?
if alive "$collector"; then
    fail 1 "$(alive "$demo" && echo QuestDB || echo 'the demo') has ended by itself (code $code); the rest is stopped."
fi
fail 1 "the collector has ended by itself (code $code); the rest is stopped."
