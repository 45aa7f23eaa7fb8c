#!/usr/bin/env bash
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here
readonly root=${here%/*}
# shellcheck source=scripts/lib/sdk.sh
. "$here/lib/sdk.sh"

readonly parts=(lines scrape append open start pipe gateway load)
# Only when it is asked for: it takes much disk, and a machine of its own.
readonly history=history

usage() {
    cat <<'TEXT'
Measures the collector, each part beside a baseline of the same run, and prints one table: ours, the baseline, the target,
whether it is met, and what peers were measured at elsewhere. Writes benchmarks/results/<part>.md.

Usage: scripts/bench.sh [options]

  --only PART[,PART...]  of: lines scrape append open start pipe gateway load (default: all, some 20 minutes)
      lines    line writer and reader
      scrape   /metrics with 20,000 series
      append   the spool's appends, in each mode of fsync, with one writer and eight
      open     opening a spool of 10 GiB; needs 13 GiB of disk (TMPDIR) for a minute; as root it empties the system's page
               cache before
      start    from the start of the process to ready, with SQLite and with QuestDB
      pipe     rows/s and processor time of a row from the writer into QuestDB, beside a bare client
      gateway  lines/s of the gateway's handler, and rows/s through it beside the same bytes straight to QuestDB
      load     10,000 rows/s: memory, processor time, write-to-visible, an outage of QuestDB
  --history              months of the default load in a QuestDB instead: its size, and how long every dashboard takes over 1 h
                         to 90 d; 15 minutes and 25 GB of disk (TMPDIR). As root the system's page cache is emptied for the
                         first time that each query is asked
  --days N               so many days of it, 2 or more (default 90)
  --warm                 leave the page cache alone: no first times
  --data DIR             keep its database in DIR, and take the one that is there
  --quick                a tenth of everything, in 5 minutes: does it run? Its figures go to no result file
  --long                 an outage of 10 minutes instead of one
  --results DIR          where the result files go (default benchmarks/results)
  --no-build             of what was built before
  --help

The machine should do nothing else: what else ran just before each part stands in its result. start, pipe, gateway, load and history
need a QuestDB (QUESTDB_JAR with Java 17, or Docker; scripts/questdb.sh --check says which); without one they are left out,
and the exit code is 3. QUESTDB_JAVA_CLIENT, a folder with the jars of QuestDB's Java client, adds that client to pipe (needs a JDK).
TEXT
}

fail() {
    printf 'bench.sh: %s\n' "$2" >&2
    exit "$1"
}

# quietly COMMAND...: shows the output only when the command fails.
quietly() {
    if ! "$@" >"$work/build.log" 2>&1; then
        cat "$work/build.log" >&2
        fail 1 "failed: $*"
    fi
}

build() {
    echo "bench.sh: building" >&2
    quietly dotnet restore "$root/benchmarks/Collector.Benchmarks" --locked-mode "${build_flags[@]}"
    quietly dotnet build "$root/benchmarks/Collector.Benchmarks" -c Release --no-restore "${build_flags[@]}"
}

# The collector as it is shipped, compiled ahead of time.
publish() {
    local runtime
    case $(uname -sm) in
        'Linux x86_64') runtime=linux-x64 ;;
        'Linux aarch64') runtime=linux-arm64 ;;
        *) fail 3 "the part start has no runtime for $(uname -sm); choose other parts with --only." ;;
    esac
    quietly dotnet publish "$root/collector/App" -c Release -r "$runtime" --self-contained false -o "$work/published" \
        -p:RestoreLockedMode=true "${build_flags[@]}"
}

# options_of PART: prints what the part is run with, a word a line.
options_of() {
    case $1 in
        append) [ "$quick" = no ] || printf '%s\n' --megabytes 16 ;;
        open) [ "$quick" = no ] || printf '%s\n' --megabytes 512 ;;
        start)
            publish
            printf '%s\n' --published "$work/published/collector"
            [ "$quick" = no ] || printf '%s\n' --runs 3
            ;;
        pipe) [ "$quick" = no ] || printf '%s\n' --rows 200000 --rounds 1 --requests 200 ;;
        gateway) [ "$quick" = no ] || printf '%s\n' --requests 100 --seconds 1 ;;
        history)
            printf '%s\n' --days "$([ "$quick" = no ] && echo "$days" || echo 2)"
            [ -z "$data" ] || printf '%s\n' --data "$data"
            [ "$cold" = yes ] || echo --warm
            ;;
        load)
            [ "$long" = no ] || printf '%s\n' --outage-seconds 600
            [ "$quick" = no ] || printf '%s\n' --seconds 6 --step-seconds 2 --outage-seconds 6
            ;;
    esac
}

run_part() {
    local -a options
    if [[ $1 =~ ^(start|pipe|gateway|load|history)$ ]] && ! "$here/questdb.sh" --check >/dev/null; then
        echo "bench.sh: $1 is left out, it needs a QuestDB" >&2
        left_out=yes
        return
    fi
    options_of "$1" >"$work/options" || fail 1 "$1 could not be prepared."
    mapfile -t options <"$work/options"
    echo "bench.sh: $1" >&2
    # In the background, or a signal would have to wait for its end.
    "$program" "$1" --results "$results" --summary "$work/summary" "${options[@]}" &
    running=$!
    if ! wait "$running"; then
        echo "bench.sh: $1 failed" >&2
        failed=yes
    fi
    running=''
}

# shellcheck disable=SC2317  # the trap calls it
stop() {
    trap '' INT TERM
    if [ -n "$running" ]; then
        kill -TERM "$running" 2>/dev/null || true
        wait "$running" || true
    fi
    rm -rf "$work"
}

quick=no long=no with_build=yes days=90 data='' cold=yes results=$root/benchmarks/results chosen=("${parts[@]}")
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h) usage; exit 0 ;;
        --quick) quick=yes ;;
        --long) long=yes ;;
        --history) chosen=("$history") ;;
        --days)
            [[ ${2:-} =~ ^([2-9]|[1-9][0-9]{1,2})$ ]] || fail 2 "--days takes a number of 2 or more."
            days=$2
            shift
            ;;
        --warm) cold=no ;;
        --data) [ -n "${2:-}" ] || fail 2 "--data takes a folder."; data=$2; shift ;;
        --no-build) with_build=no ;;
        --results) [ -n "${2:-}" ] || fail 2 "--results takes a folder."; results=$2; shift ;;
        --only)
            IFS=', ' read -r -a chosen <<<"${2:-}"
            [ "${#chosen[@]}" -gt 0 ] || fail 2 "--only takes parts of: ${parts[*]}."
            shift
            ;;
        *) fail 2 "there is no option '$1'; see --help." ;;
    esac
    shift
done
for part in "${chosen[@]}"; do
    [[ " ${parts[*]} $history " == *" $part "* ]] || fail 2 "there is no part '$part'; there are: ${parts[*]}."
done

require_sdk "$root"
work=$(mktemp -d)
running=''
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
readonly program=$root/benchmarks/Collector.Benchmarks/bin/Release/net10.0/Collector.Benchmarks
if [ "$quick" = yes ]; then results=$work/results; fi
if [ "$long" = yes ]; then export BENCH_OPTIONS=--long; fi
if [ "$days" != 90 ]; then export BENCH_OPTIONS="--days $days"; fi

if [ "$with_build" = yes ]; then build; fi
[ -x "$program" ] || fail 1 "there is no $program; run without --no-build."
failed=no left_out=no
: >"$work/summary"
for part in "${chosen[@]}"; do run_part "$part"; done

echo
echo '| part | measure | ours | baseline of the same run | target | met | peers, measured elsewhere |'
echo '|---|---|---|---|---|---|---|'
cat "$work/summary"
if [ "$failed" = yes ]; then exit 1; fi
if [ "$left_out" = yes ]; then exit 3; fi
