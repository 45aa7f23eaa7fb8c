#!/usr/bin/env bash
set -euo pipefail

readonly image=questdb/questdb:9.3.4
readonly least_java=17

usage() {
    cat <<'TEXT'
Starts a QuestDB for tests and for trying things out, in the foreground, on 127.0.0.1.

Usage: scripts/questdb.sh DATA_DIR [options]
       scripts/questdb.sh --check     says what would be started, and starts nothing

  --http-port N     HTTP: ingestion, queries, console (default 9000)
  --pg-port N       PostgreSQL wire (default 8812)
  --ilp-port N      line protocol over TCP (default 9009)
  --health-port N   health check (default 9003)
  --small-pages     small column pages: a table takes about 1 MB instead of 100 MB; for tests, not for benchmarks
  --help

It runs, in this order:
  1. the jar at QUESTDB_JAR with Java 17 or newer (JAVA_HOME, else the PATH). The script becomes the server's
     process: SIGTERM stops it cleanly, SIGKILL, SIGSTOP and SIGCONT reach it itself;
  2. questdb/questdb:9.3.4 with Docker. SIGTERM and Ctrl+C are passed on; SIGKILL and SIGSTOP do not get past
     Docker's client.
Without either it ends with code 3.

Environment:
  QUESTDB_JAR   the jar of a QuestDB release 9.0 or newer
  QDB_HEAP      largest Java heap (default 512m)
  QDB_...       any setting of QuestDB's; it wins over what this script sets: telemetry off, metrics on, no table
                and no column made from incoming lines (QDB_LINE_AUTO_CREATE_NEW_TABLES, ..._NEW_COLUMNS).
                With Docker the addresses (QDB_..._BIND_TO) are fixed and cannot be set.
TEXT
}

fail() {
    printf 'questdb.sh: %s\n' "$2" >&2
    exit "$1"
}

# Prints the path of a Java that is new enough; otherwise why there is none, and fails.
find_java() {
    local java=${JAVA_HOME:+$JAVA_HOME/bin/}java version
    if ! command -v "$java" >/dev/null; then
        printf 'no Java was found (neither JAVA_HOME nor the PATH has one)'
        return 1
    fi
    version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
    if [ "${version:-0}" -lt "$least_java" ]; then
        printf 'Java is version %s, %s or newer is needed' "${version:-unknown}" "$least_java"
        return 1
    fi
    printf '%s' "$java"
}

docker_runs() {
    command -v docker >/dev/null && timeout 10 docker info >/dev/null 2>&1
}

# Sets `runtime` to jar or docker, and `java`; ends the script with one sentence when there is neither.
choose_runtime() {
    local why='QUESTDB_JAR is not set'
    if [ -n "${QUESTDB_JAR:-}" ]; then
        [ -f "$QUESTDB_JAR" ] || fail 3 "QUESTDB_JAR names $QUESTDB_JAR, which is not a file."
        if java=$(find_java); then
            runtime=jar
            return
        fi
        why=$java
    fi
    docker_runs || fail 3 "no QuestDB can be started: $why, and no Docker engine answers. Set QUESTDB_JAR to a QuestDB jar (with Java $least_java or newer), or start Docker."
    runtime=docker
}

check_port() {
    if ! [[ $2 =~ ^[0-9]+$ ]] || [ "$2" -lt 1 ] || [ "$2" -gt 65535 ]; then
        fail 2 "$1 takes a port, not '$2'."
    fi
}

set_defaults() {
    export QDB_TELEMETRY_ENABLED=${QDB_TELEMETRY_ENABLED:-false}
    export QDB_METRICS_ENABLED=${QDB_METRICS_ENABLED:-true}
    export QDB_LINE_AUTO_CREATE_NEW_TABLES=${QDB_LINE_AUTO_CREATE_NEW_TABLES:-false}
    export QDB_LINE_AUTO_CREATE_NEW_COLUMNS=${QDB_LINE_AUTO_CREATE_NEW_COLUMNS:-false}
    if [ "$small_pages" = yes ]; then
        local setting
        for setting in WRITER_DATA_APPEND_PAGE_SIZE WAL_WRITER_DATA_APPEND_PAGE_SIZE \
            WRITER_DATA_INDEX_KEY_APPEND_PAGE_SIZE WRITER_DATA_INDEX_VALUE_APPEND_PAGE_SIZE \
            O3_COLUMN_MEMORY_SIZE SYSTEM_WRITER_DATA_APPEND_PAGE_SIZE; do
            local name=QDB_CAIRO_$setting
            export "$name=${!name:-65536}"
        done
    fi
}

run_jar() {
    export QDB_HTTP_BIND_TO=${QDB_HTTP_BIND_TO:-127.0.0.1:$http_port}
    export QDB_PG_NET_BIND_TO=${QDB_PG_NET_BIND_TO:-127.0.0.1:$pg_port}
    export QDB_LINE_TCP_NET_BIND_TO=${QDB_LINE_TCP_NET_BIND_TO:-127.0.0.1:$ilp_port}
    export QDB_HTTP_MIN_NET_BIND_TO=${QDB_HTTP_MIN_NET_BIND_TO:-127.0.0.1:$health_port}
    # -n: closing the terminal is no reason to reload anything.
    exec "$java" -Xms64m "-Xmx$heap" -XX:+UseParallelGC -Dfile.encoding=UTF-8 \
        --add-exports java.base/jdk.internal.math=io.questdb \
        -p "$QUESTDB_JAR" -m io.questdb/io.questdb.ServerMain -d "$data_dir" -n
}

run_docker() {
    local arguments=(
        --rm
        --publish "127.0.0.1:$http_port:9000"
        --publish "127.0.0.1:$pg_port:8812"
        --publish "127.0.0.1:$ilp_port:9009"
        --publish "127.0.0.1:$health_port:9003"
        --volume "$data_dir:/var/lib/questdb"
        # Files belong to the caller, so that he can delete them.
        --user "$(id -u):$(id -g)"
        --env "JVM_PREPEND=-Xmx$heap"
        # As root the image would change to its own user, and the files with it.
        --env RUN_AS_ROOT=true
    )
    local name
    while read -r name; do
        case $name in
            QDB_*_BIND_TO) ;;
            QDB_*) arguments+=(--env "$name") ;;
        esac
    done < <(compgen -e)
    exec docker run "${arguments[@]}" "$image"
}

data_dir='' http_port=9000 pg_port=8812 ilp_port=9009 health_port=9003 small_pages=no check=no
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h) usage; exit 0 ;;
        --check) check=yes ;;
        --small-pages) small_pages=yes ;;
        --http-port) check_port "$1" "${2:-}"; http_port=$2; shift ;;
        --pg-port) check_port "$1" "${2:-}"; pg_port=$2; shift ;;
        --ilp-port) check_port "$1" "${2:-}"; ilp_port=$2; shift ;;
        --health-port) check_port "$1" "${2:-}"; health_port=$2; shift ;;
        -*) fail 2 "there is no option '$1'; see --help." ;;
        *) [ -z "$data_dir" ] || fail 2 "one data folder only, '$1' is a second."; data_dir=$1 ;;
    esac
    shift
done

if [ "$check" = yes ]; then
    choose_runtime
    if [ "$runtime" = jar ]; then echo "jar $QUESTDB_JAR"; else echo "docker $image"; fi
    exit 0
fi

[ -n "$data_dir" ] || fail 2 "which data folder? See --help."
choose_runtime
mkdir -p "$data_dir"
data_dir=$(cd "$data_dir" && pwd)
heap=${QDB_HEAP:-512m}
unset QDB_HEAP
set_defaults
"run_$runtime"
