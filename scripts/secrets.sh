#!/usr/bin/env bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() {
    cat <<'TEXT'
Makes the files in secrets/ that docker-compose.yml mounts: random passwords and tokens, and empty files for the channels
that alerts may go to. A file that is there is left as it is. Prints what was made, and never a secret.

Usage: scripts/secrets.sh [DIR]     default: secrets, beside docker-compose.yml
       scripts/secrets.sh --help

The folder is for its owner alone. The files in it may be read by all: the containers' users are not the owner.

  grafana_admin_password      login of `admin` at Grafana; counts at the first start (later: grafana cli)
  questdb_password            the collector's login at QuestDB, and yours: user `collector`
  questdb_readonly_password   Grafana's login at QuestDB, which only reads: user `grafana`
  collector_token             wanted by /metrics of the collector
  gateway_token               wanted of clients that send line protocol
  telegram_bot_token, discord_webhook_url, smtp_password
                              empty: the channel is not used
TEXT
}

fail() {
    printf 'secrets.sh: %s\n' "$1" >&2
    exit 2
}

case ${1:-} in
    --help | -h) usage; exit 0 ;;
    -*) fail "there is no option '$1'; see --help." ;;
esac
[ $# -le 1 ] || fail "one folder only; see --help."
dir=${1:-$root/secrets}

# 32 bytes from the kernel, as hexadecimal digits: they need no escaping anywhere.
random() { od -An -vtx1 -N32 /dev/urandom | tr -d ' \n'; }

# keep NAME CONTENT: writes the file unless it is there; whole or not at all.
keep() {
    if [ -e "$dir/$1" ]; then return; fi
    printf '%s' "$2" >"$dir/.$1.new"
    chmod 644 "$dir/.$1.new"
    mv "$dir/.$1.new" "$dir/$1"
    printf 'secrets.sh: made %s\n' "$dir/$1"
}

mkdir -p "$dir"
chmod 700 "$dir"
for name in grafana_admin_password questdb_password questdb_readonly_password collector_token gateway_token; do
    keep "$name" "$(random)"
done
for name in telegram_bot_token discord_webhook_url smtp_password; do
    keep "$name" ''
done
