#!/usr/bin/env bash
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
# shellcheck source=scripts/lib/sdk.sh
. "$here/lib/sdk.sh"
# shellcheck source=scripts/lib/net.sh
. "$here/lib/net.sh"
# shellcheck source=scripts/lib/trx.sh
. "$here/lib/trx.sh"

usage() {
    cat <<'TEXT'
Builds everything once and runs every test project of Collector.sln. Installs nothing.

Usage: scripts/test.sh [--long] [arguments for `dotnet test`, such as --filter NAME]

  --long   also the long tests (sets COLLECTOR_TESTS_LONG=1)
  --help

Environment:
  QUESTDB_URL    a QuestDB to test against; without it one is started by scripts/questdb.sh, if that can
  QUESTDB_JAR    the jar it is started from; tests that stop and kill a QuestDB of their own need it too
  REQUIRE_ALL    1: a skipped test fails the run
  TEST_TIMEOUT   longest time for a test project (default 30m)

Each failed test is printed with its message, each skipped one with its reason. The last line is
"N passed, N failed, N skipped"; a project that breaks off counts as one failed. The results are in TestResults/.
Ends with 0 when all is well, 1 when a test failed, 2 when it does not build or cannot start, 3 without an SDK.
TEXT
}

say() { printf 'test.sh: %s\n' "$*"; }

work='' server='' running=''
# Whatever a test project has left behind is in its process group (it leads one: `timeout` makes it).
end_project() {
    [ -n "$running" ] || return 0
    kill -KILL -- "-$running" 2>/dev/null || true
    running=''
}
clean_up() {
    end_project
    if [ -n "$server" ]; then stop_processes 20 "$server"; fi
    if [ -n "$work" ]; then rm -rf "$work"; fi
}

# quietly LOG COMMAND...: shows the output only when the command fails.
quietly() {
    local log=$1
    shift
    if ! "$@" >"$log" 2>&1; then
        cat "$log"
        say "failed: $*" >&2
        exit 2
    fi
}

build() {
    say "restoring and building"
    quietly "$work/restore.log" dotnet restore Collector.sln --locked-mode "${build_flags[@]}"
    quietly "$work/build.log" dotnet build Collector.sln -c Release --no-restore "${build_flags[@]}"
}

start_questdb() {
    if [ -n "${QUESTDB_URL:-}" ]; then
        say "QuestDB: the one at QUESTDB_URL"
        return
    fi
    local what port
    if ! what=$("$here/questdb.sh" --check 2>&1); then
        say "QuestDB: none. $what"
        return
    fi
    say "QuestDB: $what"
    # A port that is free now may be taken a moment later: try again on others.
    for _ in 1 2 3; do
        port=$(free_port)
        "$here/questdb.sh" "$work/questdb" --small-pages --http-port "$port" --pg-port "$(free_port)" \
            --ilp-port "$(free_port)" --health-port "$(free_port)" >"$work/questdb.log" 2>&1 &
        server=$!
        if await_http "$server" "$port" /ping 204 120; then
            export QUESTDB_URL=http://127.0.0.1:$port
            return
        fi
        stop_processes 5 "$server"
        server=''
    done
    tail -n 40 "$work/questdb.log"
    say "QuestDB did not start" >&2
    exit 2
}

run_project() {
    local project=$1 name folder code=0
    shift
    name=$(basename "$project" .csproj)
    folder=$results/$name
    mkdir -p "$folder"
    say "$name"
    # In the background, so that a signal to this script is acted upon at once.
    timeout --kill-after=30 "${TEST_TIMEOUT:-30m}" dotnet test "$project" --no-build -c Release \
        --logger 'trx;LogFileName=results.trx' --results-directory "$folder" "$@" </dev/null &
    running=$!
    wait "$running" || code=$?
    echo "$code" >"$folder/exit-code"
    end_project
}

arguments=()
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h) usage; exit 0 ;;
        --long) export COLLECTOR_TESTS_LONG=1 ;;
        *) arguments+=("$1") ;;
    esac
    shift
done

cd "$root"
require_sdk "$root"
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
work=$(mktemp -d)
results=$root/TestResults
rm -rf "$results"
mkdir "$results"

build
start_questdb
# Projects are named with backslashes in a solution file.
while read -r project; do
    run_project "$project" "${arguments[@]}"
done < <(sed -n 's/^Project(.*"\(tests\\[^"]*Tests\.csproj\)".*/\1/p' Collector.sln | sed 's|\\|/|g')

code=0
trx_summary "$results" >"$work/summary" || code=$?
echo
# The database ends first: the summary stays the last line.
trap - EXIT
summary=$(cat "$work/summary")
clean_up
printf '%s\n' "$summary"
exit "$code"
