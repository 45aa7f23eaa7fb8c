#!/usr/bin/env bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() {
    cat <<'TEXT'
Makes the files in secrets/ that docker-compose.yml mounts: random passwords and tokens, and empty files for the channels
that alerts may go to. A file that is there is left as it is. Prints what was made, and never a secret.

Usage: scripts/secrets.sh [DIR]     default: secrets, beside docker-compose.yml
       scripts/secrets.sh --help

Prometheus and Alertmanager want their passwords as bcrypt hashes: made with htpasswd, or with perl where the system's crypt
can. Without either the files of both are missing, and the script ends with 3.

The folder is for its owner alone. The files in it may be read by all: the containers' users are not the owner.

  grafana_admin_password      login of `admin` at Grafana; counts at the first start (later: grafana cli)
  questdb_password            the collector's login at QuestDB, and yours: user `collector`
  questdb_readonly_password   Grafana's login at QuestDB, which only reads: user `grafana`
  collector_token             wanted by /metrics of the collector
  gateway_token               wanted of clients that send line protocol
  prometheus_password, alertmanager_password
                              login of `admin` at each; write another one here and run this again
  prometheus_web, alertmanager_web
                              what they read of it: user and hash; made anew when the password is newer
  telegram_bot_token, discord_webhook_url, smtp_password
                              empty: the channel is not used
TEXT
}

fail() {
    printf 'secrets.sh: %s\n' "$2" >&2
    exit "$1"
}

case ${1:-} in
    --help | -h) usage; exit 0 ;;
    -*) fail 2 "there is no option '$1'; see --help." ;;
esac
[ $# -le 1 ] || fail 2 "one folder only; see --help."
dir=${1:-$root/secrets}

# 32 bytes from the kernel, as hexadecimal digits: they need no escaping anywhere.
random() { od -An -vtx1 -N32 /dev/urandom | tr -d ' \n'; }

# keep NAME CONTENT: writes the file unless it is there.
keep() {
    if [ ! -e "$dir/$1" ]; then write "$1" "$2"; fi
}

# write NAME CONTENT: whole or not at all.
write() {
    printf '%s' "$2" >"$dir/.$1.new"
    chmod 644 "$dir/.$1.new"
    mv "$dir/.$1.new" "$dir/$1"
    printf 'secrets.sh: made %s\n' "$dir/$1"
}

# bcrypt PASSWORD: its hash; fails where nothing makes one. The password goes through pipes: the process list shows arguments.
bcrypt() {
    local hash='' salt
    if command -v htpasswd >/dev/null; then
        hash=$(printf '%s\n' "$1" | htpasswd -niBC 10 admin)
        hash=${hash#admin:}
    elif command -v perl >/dev/null; then
        # 22 digits of bcrypt's alphabet; the last one has two bits.
        salt=$(random)
        hash=$(printf '%s' "$1" | perl -e 'print crypt(<STDIN>, $ARGV[0])' "\$2b\$10\$${salt:0:21}u")
    fi
    [[ $hash =~ ^\$2[aby]\$10\$[./A-Za-z0-9]{53} ]] || return 1
    printf '%s' "${BASH_REMATCH[0]}"
}

# login NAME: the file with which NAME asks for the password in NAME_password.
login() {
    local hash
    if [ -e "$dir/$1_web" ] && [ ! "$dir/$1_password" -nt "$dir/$1_web" ]; then return; fi
    hash=$(bcrypt "$(cat "$dir/$1_password")") ||
        fail 3 "nothing here makes bcrypt hashes, which Prometheus and Alertmanager need: install htpasswd (Debian and Ubuntu: apt-get install apache2-utils; Fedora: dnf install httpd-tools) and run this again. All other secrets are made."
    write "$1_web" "basic_auth_users: {admin: \"$hash\"}"
}

mkdir -p "$dir"
chmod 700 "$dir"
for name in grafana_admin_password questdb_password questdb_readonly_password collector_token gateway_token prometheus_password \
    alertmanager_password; do
    keep "$name" "$(random)"
done
for name in telegram_bot_token discord_webhook_url smtp_password; do
    keep "$name" ''
done
login prometheus
login alertmanager
