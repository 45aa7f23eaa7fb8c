#!/usr/bin/env bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() {
    cat <<'TEXT'
Looks whether the stack is well: QuestDB answers and has its tables, none of them suspended; the collector is ready;
Grafana answers and its data source reads QuestDB. Needs curl.

Usage: scripts/healthcheck.sh [--verbose]

  --verbose, -v   a line for each thing looked at; without it only what is wrong is printed
  --no-grafana    leave Grafana out
  --help

Environment (defaults: those of docker-compose.yml):
  QUESTDB_URL     http://127.0.0.1:9000      QUESTDB_USER      collector
  COLLECTOR_URL   http://127.0.0.1:9464      GRAFANA_URL       http://127.0.0.1:3000
  SECRETS_DIR     secrets; QUESTDB_PASSWORD, COLLECTOR_TOKEN and GRAFANA_PASSWORD are read from there unless they are set

Ends with 0 when all is well, 1 when something is not, 2 for a wrong argument, 3 without curl.
TEXT
}

fail() {
    printf 'healthcheck.sh: %s\n' "$2" >&2
    exit "$1"
}

verbose=no with_grafana=yes
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h) usage; exit 0 ;;
        --verbose | -v) verbose=yes ;;
        --no-grafana) with_grafana=no ;;
        *) fail 2 "there is no option '$1'; see --help." ;;
    esac
    shift
done
command -v curl >/dev/null || fail 3 "curl is needed, and not installed."

questdb=${QUESTDB_URL:-http://127.0.0.1:9000}
collector=${COLLECTOR_URL:-http://127.0.0.1:9464}
grafana=${GRAFANA_URL:-http://127.0.0.1:3000}
secrets=${SECRETS_DIR:-$root/secrets}

# secret NAME: the content of a file in secrets/, nothing when it is not there.
secret() { if [ -r "$secrets/$1" ]; then cat "$secrets/$1"; fi; }

questdb_password=${QUESTDB_PASSWORD-$(secret questdb_password)}
collector_token=${COLLECTOR_TOKEN-$(secret collector_token)}
grafana_password=${GRAFANA_PASSWORD-$(secret grafana_admin_password)}

wrong=0
well() { if [ "$verbose" = yes ]; then printf 'ok    %-14s %s\n' "$1" "$2"; fi; }
bad() {
    wrong=1
    printf 'FAIL  %-14s %s\n' "$1" "$2"
}

# login USER PASSWORD: curl's configuration for it, through a pipe: the process list does not show it.
login() {
    if [ -n "$2" ]; then
        local pair=${1//\\/\\\\}:${2//\\/\\\\}
        printf 'user = "%s"\n' "${pair//\"/\\\"}"
    fi
}

# get USER PASSWORD URL [CURL OPTIONS]: sets `status` (000: no answer) and `body`.
get() {
    local user=$1 password=$2 url=$3 answer
    shift 3
    answer=$(login "$user" "$password" | curl --config - --silent --max-time 10 --write-out '\n%{http_code}' "$@" "$url") || true
    status=${answer##*$'\n'}
    body=${answer%$'\n'*}
}

# query SQL: as CSV without its heading, in `body`.
query() {
    get "${QUESTDB_USER:-collector}" "$questdb_password" "$questdb/exp" --get --data-urlencode "query=$1"
    body=$(printf '%s' "$body" | tr -d '\r"' | tail -n +2)
}

check_questdb() {
    query 'SELECT 1 AS one'
    case $status in
        200) well QuestDB "answers at $questdb" ;;
        000) bad QuestDB "does not answer at $questdb"; return ;;
        401 | 403) bad QuestDB "refuses the login (QUESTDB_USER, QUESTDB_PASSWORD)"; return ;;
        *) bad QuestDB "answers $status"; return ;;
    esac
    check_tables
    check_suspended
}

check_tables() {
    local file table there missing='' count=0
    query 'SELECT table_name FROM tables()'
    there=$body
    for file in "$root"/schemas/*.sql; do
        table=$(basename "$file" .sql)
        count=$((count + 1))
        grep -qxF "$table" <<<"$there" || missing="$missing $table"
    done
    if [ -z "$missing" ]; then well tables "all $count are there"; else bad tables "missing:$missing (collector schema apply makes them)"; fi
}

check_suspended() {
    query 'SELECT name FROM wal_tables() WHERE suspended'
    if [ "$status" = 200 ] && [ -z "$body" ]; then
        well suspended "none"
    elif [ "$status" = 200 ]; then
        bad suspended "$(printf '%s\n' "$body" | tr '\n' ' ')take rows and show none: ALTER TABLE name RESUME WAL"
    else
        bad suspended "cannot be told (QuestDB answers $status)"
    fi
}

check_collector() {
    # Without its token it does not say why it is not ready.
    get collector "$collector_token" "$collector/health/ready"
    case $status in
        200) well collector "ready at $collector" ;;
        000) bad collector "does not answer at $collector" ;;
        503) bad collector "not ready: $(grep -v ': ready$' <<<"$body" | tr '\n' ' ')" ;;
        *) bad collector "answers $status at $collector/health/ready" ;;
    esac
}

check_grafana() {
    get '' '' "$grafana/api/health"
    if [ "$status" != 200 ]; then
        bad Grafana "does not answer well at $grafana ($status)"
        return
    fi
    well Grafana "answers at $grafana"
    get admin "$grafana_password" "$grafana/api/datasources/uid/questdb/health"
    case $status in
        200) well 'data source' "questdb is read" ;;
        401 | 403) bad 'data source' "Grafana refuses the login of admin (GRAFANA_PASSWORD)" ;;
        404) bad 'data source' "questdb is not provisioned" ;;
        *) bad 'data source' "questdb cannot be read ($status): $body" ;;
    esac
}

check_questdb
check_collector
if [ "$with_grafana" = yes ]; then check_grafana; fi
exit "$wrong"
