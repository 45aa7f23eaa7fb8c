#!/usr/bin/env bash
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here

usage() {
    cat <<'TEXT'
Writes a table, a shipped export or a query of a QuestDB to a CSV or Parquet file.

Usage: scripts/export.sh NAME [options]        a shipped export (--list), or else a table
       scripts/export.sh --sql SQL [options]   any query; - reads it from standard input
       scripts/export.sh --list                the shipped exports, and what is in them

  --from TIME       first moment (default: a day before --to)
  --to TIME         the moment before which it ends (default: now), so that one day's file goes on where the last one ended
                    TIME is 2026-03-01, 2026-03-01T12:30:00Z, now, or -90m, -24h, -7d, -4w before now; UTC
  --every INTERVAL  $__sampleByInterval of the query: 30s, 5m, 1h, 1d (default 1h)
  --format FORMAT   csv or parquet (default: by the ending of --output, else csv)
  --output FILE     where to (default NAME.FORMAT in this folder; - is standard output). Nothing stands there before it is whole
  --force           overwrite FILE
  --timeout SECONDS longest time for the query (default 600)
  --quiet           no progress
  --help

Queries may use $__timeFilter(column), $__fromTime, $__toTime and $__sampleByInterval, as in Grafana; docs/queries.md has some.

Where and as whom:
  QUESTDB_URL             its HTTP address (default http://127.0.0.1:9000), or --url URL
  QUESTDB_USER            user, with QUESTDB_PASSWORD, or QUESTDB_PASSWORD_FILE, a file that holds the password
  QUESTDB_TOKEN_FILE      a file that holds a token, instead of a user
  QUESTDB_CA              a file with the certificate that signed the server's

Examples:
  scripts/export.sh pnl_daily --from -30d
  scripts/export.sh trading_metrics --from 2026-03-01 --to 2026-03-02 --format parquet
  scripts/export.sh --sql 'SELECT * FROM data_gaps WHERE $__timeFilter(timestamp)' --output gaps.csv

Exit codes: 0 written; 1 QuestDB cannot be reached, or refused; 2 a wrong argument.
TEXT
}

fail() {
    printf 'export.sh: %s\n' "$2" >&2
    exit "$1"
}

say() {
    if [ "$quiet" = no ]; then printf 'export.sh: %s\n' "$1" >&2; fi
}

list() {
    local file
    for file in "$here"/export/*.sql; do
        printf '%-14s %s\n' "$(basename "$file" .sql)" "$(sed -n '1s/^-- *//p' "$file")"
    done
}

# micros OPTION TIME: prints it as microseconds since 1970.
micros() {
    local when=$2 unit seconds
    if [[ $when =~ ^-([0-9]{1,6})([mhdw])$ ]]; then
        case ${BASH_REMATCH[2]} in m) unit=60 ;; h) unit=3600 ;; d) unit=86400 ;; w) unit=604800 ;; esac
        echo $(((now - 10#${BASH_REMATCH[1]} * unit) * 1000000))
        return
    fi
    if [ "$when" = now ]; then
        echo $((now * 1000000))
        return
    fi
    if ! [[ $when =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?Z?)?$ ]] || ! seconds=$(date -u -d "${when%Z}" +%s 2>/dev/null); then
        fail 2 "$1 takes a time such as 2026-03-01, 2026-03-01T12:30:00Z, now or -7d, not '$when'."
    fi
    echo $((seconds * 1000000))
}

# secret FILE: prints its first line.
secret() {
    [ -r "$1" ] || fail 2 "the file $1 cannot be read."
    head -n 1 "$1" | tr -d '\r'
}

# Settings for curl on its standard input: a secret among its arguments could be read by everybody.
login() {
    local word password
    if [ -n "${QUESTDB_TOKEN_FILE:-}" ]; then
        word=$(secret "$QUESTDB_TOKEN_FILE")
        printf 'header = "Authorization: Bearer %s"\n' "$(quoted "$word")"
    elif [ -n "${QUESTDB_USER:-}" ]; then
        if [ -n "${QUESTDB_PASSWORD_FILE:-}" ]; then
            password=$(secret "$QUESTDB_PASSWORD_FILE")
        else
            password=${QUESTDB_PASSWORD:-}
        fi
        printf 'user = "%s"\n' "$(quoted "$QUESTDB_USER:$password")"
    fi
    if [ -n "${QUESTDB_CA:-}" ]; then printf 'cacert = "%s"\n' "$(quoted "$QUESTDB_CA")"; fi
}

# quoted TEXT: for within the double quotes of curl's settings.
quoted() {
    local text=${1//\\/\\\\}
    printf '%s' "${text//\"/\\\"}"
}

# ask PATH FILE METER QUERY [PARAMETER=VALUE...]: the answer goes to FILE; ends the script when there is none, or a refusal.
ask() {
    local path=$1 into=$2 meter=$3 query=$4 status parameter
    shift 4
    local -a options=(--silent --show-error)
    # The meter goes to the terminal, by standard error.
    if [ "$meter" = yes ] && [ "$quiet" = no ] && [ -t 2 ]; then options=(); fi
    for parameter in "$@"; do options+=(--data-urlencode "$parameter"); done
    status=$(curl --config "$work/login" "${options[@]}" --globoff --get --max-time "$timeout" --header "Statement-Timeout: $((timeout * 1000))" \
        --data-urlencode "query=$query" --output "$into" --write-out '%{http_code}' "$url/$path") || fail 1 "$url did not answer, or not to the end."
    case $status in
        200) ;;
        401 | 403) fail 1 "$url refuses the login (HTTP $status); set QUESTDB_USER and QUESTDB_PASSWORD or QUESTDB_PASSWORD_FILE." ;;
        *) fail 1 "$url refuses the query (HTTP $status): $(reason "$into")" ;;
    esac
}

# reason FILE: the "error" of a JSON answer, or its beginning.
reason() {
    local text
    text=$(head -c 2000 "$1" | tr '\n' ' ')
    if [[ $text =~ \"error\":\ *\"(([^\"\\]|\\.)*)\" ]]; then text=${BASH_REMATCH[1]}; fi
    printf '%s' "${text:0:500}"
}

name='' sql='' from='' to=now every=1h format='' output='' force=no timeout=600 quiet=no url=${QUESTDB_URL:-http://127.0.0.1:9000}
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h) usage; exit 0 ;;
        --list) list; exit 0 ;;
        --force) force=yes ;;
        --quiet) quiet=yes ;;
        --sql | --from | --to | --every | --format | --output | --timeout | --url)
            [ -n "${2:-}" ] || fail 2 "$1 takes a value; see --help."
            declare "${1#--}=$2"
            shift
            ;;
        -*) fail 2 "there is no option '$1'; see --help." ;;
        *) [ -z "$name" ] || fail 2 "one export at a time, '$1' is a second."; name=$1 ;;
    esac
    shift
done

[ -n "$name" ] || [ -n "$sql" ] || fail 2 "what shall be exported? A name of --list, a table, or --sql; see --help."
[ -z "$name" ] || [ -z "$sql" ] || fail 2 "either a name or --sql, not both."
[[ $every =~ ^[1-9][0-9]{0,5}[smhd]$ ]] || fail 2 "--every takes an interval such as 30s, 5m, 1h or 1d, not '$every'."
[[ $timeout =~ ^[1-9][0-9]{0,5}$ ]] || fail 2 "--timeout takes whole seconds, not '$timeout'."
[[ $url =~ ^https?://[^/]+ ]] || fail 2 "the address has to begin with http:// or https://, not '$url'."
command -v curl >/dev/null || fail 1 "curl is not installed."
url=${url%/}

now=$(date -u +%s)
to_micros=$(micros --to "$to") || exit 2
if [ -n "$from" ]; then from_micros=$(micros --from "$from") || exit 2; else from_micros=$((to_micros - 86400 * 1000000)); fi
[ "$from_micros" -lt "$to_micros" ] || fail 2 "--from ($from) has to be before --to ($to)."

if [ -z "$format" ]; then
    case $output in *.parquet) format=parquet ;; *) format=csv ;; esac
fi
case $format in csv | parquet) ;; *) fail 2 "--format takes csv or parquet, not '$format'." ;; esac
if [ -z "$output" ]; then output=${name:-query}.$format; fi
if [ "$output" != - ] && [ -e "$output" ] && [ "$force" = no ]; then fail 2 "$output is there already; --force overwrites it."; fi

if [ "$sql" = - ]; then sql=$(cat); fi
if [ -n "$name" ]; then
    [[ $name =~ ^[A-Za-z_][A-Za-z0-9_]{0,126}$ ]] || fail 2 "'$name' is no name of an export or a table; a query goes to --sql."
    # shellcheck disable=SC2016  # the dollar is the macro's
    if [ -f "$here/export/$name.sql" ]; then sql=$(cat "$here/export/$name.sql"); else sql="SELECT * FROM \"$name\" WHERE \$__timeFilter(timestamp)"; fi
fi
sql=$(sed -E -e 's/[[:space:]]*;?[[:space:]]*$//' \
    -e "s/\\\$__timeFilter\(([A-Za-z0-9_.\"]+)\)/\1 >= cast($from_micros as timestamp) AND \1 < cast($to_micros as timestamp)/g" \
    -e "s/\\\$__fromTime/cast($from_micros as timestamp)/g" -e "s/\\\$__toTime/cast($to_micros as timestamp)/g" \
    -e "s/\\\$__sampleByInterval/$every/g" <<<"$sql")
[[ $sql != *\$* ]] || fail 2 "the query has a variable that only Grafana knows: \$${sql#*\$}"

work=$(mktemp -d)
trap 'rm -rf "$work" ${part:+"$part"}' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
(umask 077 && login >"$work/login")

ask exec "$work/count" no "SELECT count() FROM ($sql
)" nm=true
[[ $(cat "$work/count") =~ \"dataset\":\[\[([0-9]+)\]\] ]] || fail 1 "$url answered in a form that QuestDB does not use: $(reason "$work/count")"
say "${BASH_REMATCH[1]} rows, $(date -u -d "@$((from_micros / 1000000))" +%FT%TZ) to $(date -u -d "@$((to_micros / 1000000))" +%FT%TZ)"

if [ "$output" = - ]; then part=$work/rows; else part=$output.part.$$; fi
ask exp "$part" yes "$sql" "fmt=$format"
say "$(stat -c %s "$part") bytes of $format$([ "$output" = - ] || printf ' in %s' "$output")"
if [ "$output" = - ]; then cat "$part"; else mv -f "$part" "$output"; fi
