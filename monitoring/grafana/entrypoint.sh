#!/bin/sh
# Grafana's start in a container: lays the provisioning out anew with the contact points that are configured, and goes on to
# the image's own start script. An empty token or address in a provisioned contact point would keep Grafana from starting, so
# that a channel which is not configured has none, and the one of an earlier start is deleted.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=monitoring/shared/channels.sh
. "${CHANNELS_LIBRARY:-$here/../shared/channels.sh}"

source=${PROVISIONING_SOURCE:-$here/provisioning}
target=${GF_PATHS_PROVISIONING:?names the folder that Grafana reads its provisioning from}
next=${GRAFANA_START:-/run.sh}
fallback_url=${COLLECTOR_ALERTS_URL:?names the /alerts of the collector}

# Grafana expands variables in what it reads; two dollar signs are one.
text() { yaml "$1" "\$\$"; }

# contact CHANNEL TYPE: begins a contact point; its settings follow on the standard input.
contact() {
    {
        printf 'apiVersion: 1\ncontactPoints:\n  - orgId: 1\n    name: %s\n    receivers:\n' "$1"
        printf '      - uid: channel-%s\n        type: %s\n        settings:\n' "$1" "$2"
        sed 's/^/          /'
    } >"$alerting/contact-$1.yaml"
}

# remove CHANNEL: what an earlier start may have made.
remove() {
    printf 'apiVersion: 1\ndeleteContactPoints:\n  - orgId: 1\n    uid: channel-%s\n' "$1" >"$alerting/contact-$1.yaml"
}

render_telegram() {
    contact telegram telegram <<TEXT
bottoken: $(text "$telegram_token")
chatid: $(text "$telegram_chat")
parse_mode: None
message: '{{ template "collector.text" . }}'
TEXT
}

render_discord() {
    contact discord discord <<TEXT
url: $(text "$discord_url")
title: '{{ template "collector.title" . }}'
message: '{{ template "collector.text" . }}'
TEXT
}

render_email() {
    contact email email <<TEXT
addresses: $(text "$email_to")
singleEmail: true
subject: '{{ template "collector.title" . }}'
message: '{{ template "collector.text" . }}'
TEXT
}

# The collector's log: always there, so that an alert is never nowhere.
render_fallback() {
    {
        printf 'url: %s\nhttpMethod: POST\n' "$(text "$fallback_url")"
        if [ -n "$collector_token" ]; then
            printf 'authorization_scheme: Bearer\nauthorization_credentials: %s\n' "$(text "$collector_token")"
        fi
    } | contact collector webhook
}

# route CHANNEL SEVERITY REPEAT
route() {
    printf '      - receiver: %s\n        object_matchers: [[severity, "=", %s]]\n        repeat_interval: %s\n        continue: true\n' "$1" "$2" "$3"
}

# The spans: alerts of one kind travel together, and one that joins them is told within ten seconds.
render_policies() {
    {
        cat <<TEXT
apiVersion: 1
policies:
  - orgId: 1
    receiver: ${first_channel:-collector}
    group_by: [grafana_folder, alertname, env]
    group_wait: 5s
    group_interval: 10s
    repeat_interval: 4h
TEXT
        if [ -n "$channels" ]; then
            echo '    routes:'
            each_route
        fi
    } >"$alerting/policies.yaml"
}

# Grafana takes its mail server from its own settings.
export_smtp() {
    export GF_SMTP_ENABLED=true GF_SMTP_HOST="$smtp_host" GF_SMTP_FROM_ADDRESS="$smtp_from"
    if [ -n "$smtp_user" ]; then export GF_SMTP_USER="$smtp_user"; fi
    if [ -n "$smtp_password" ]; then export GF_SMTP_PASSWORD="$smtp_password"; fi
}

# Both are read by Grafana: the first by the data source's file, the second by its own start script.
require() {
    if [ -z "$2" ]; then
        echo "$0: $1 is not set, and its file is empty or missing; scripts/secrets.sh makes one." >&2
        exit 1
    fi
}

QUESTDB_PASSWORD=$(value QUESTDB_PASSWORD)
require QUESTDB_PASSWORD "$QUESTDB_PASSWORD"
export QUESTDB_PASSWORD
if [ -n "${GF_SECURITY_ADMIN_PASSWORD__FILE:-}" ] && [ ! -s "$GF_SECURITY_ADMIN_PASSWORD__FILE" ]; then
    require GF_SECURITY_ADMIN_PASSWORD ''
fi

collector_token=$(value COLLECTOR_TOKEN)
read_channels
umask 077
rm -rf "$target"
mkdir -p "$target"
cp -R "$source/." "$target"
alerting=$target/alerting
mkdir -p "$alerting"
for channel in telegram discord email; do
    if configured "$channel"; then "render_$channel"; else remove "$channel"; fi
done
render_fallback
render_policies
if configured email; then export_smtp; fi
echo "$0: alerts go to ${channels:-the log of the collector alone}."
exec "$next" "$@"
