#!/bin/sh
# Alertmanager's start in a container: writes its configuration with the channels that are configured, and runs it. It expands no
# variables, and one empty or faulty value would keep it from starting: such a channel is left out, and the others go on.
#
#   alertmanager.sh            runs it
#   alertmanager.sh --render   only writes ALERTMANAGER_CONFIG
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=monitoring/shared/channels.sh
. "${CHANNELS_LIBRARY:-$here/../shared/channels.sh}"

config=${ALERTMANAGER_CONFIG:?names the file to write}
fallback_url=${COLLECTOR_ALERTS_URL:-}
title='{{ if eq .Status "firing" }}{{ .Alerts.Firing | len }} firing{{ else }}recovered{{ end }}: {{ .CommonLabels.alertname }}{{ with .CommonLabels.severity }} ({{ . }}){{ end }}'
words='{{ range .Alerts }}{{ if eq .Status "firing" }}FIRING{{ else }}RECOVERED{{ end }}: {{ .Annotations.summary }}{{ with .Annotations.runbook }}
What to do: {{ . }}{{ end }}
{{ end }}'

receiver_telegram() {
    case $telegram_chat in
        @*)
            left_out telegram "TELEGRAM_CHAT_ID has to be a number for Alertmanager, such as -1001234567890; a name will not do."
            return
            ;;
    esac
    cat <<TEXT
  - name: telegram
    telegram_configs:
      - bot_token: $(yaml "$telegram_token")
        chat_id: $telegram_chat
        parse_mode: ''
        message: $(yaml "$words")
        send_resolved: true
TEXT
}

receiver_discord() {
    cat <<TEXT
  - name: discord
    discord_configs:
      - webhook_url: $(yaml "$discord_url")
        title: $(yaml "$title")
        message: $(yaml "$words")
        send_resolved: true
TEXT
}

receiver_email() {
    cat <<TEXT
  - name: email
    email_configs:
      - to: $(yaml "$email_to")
        from: $(yaml "$smtp_from")
        smarthost: $(yaml "$smtp_host")
        headers: {Subject: $(yaml "$title")}
        text: $(yaml "$words")
        html: ''
        send_resolved: true
TEXT
    if [ -n "$smtp_user" ]; then
        printf '        auth_username: %s\n        auth_password: %s\n' "$(yaml "$smtp_user")" "$(yaml "$smtp_password")"
    fi
}

# Always there, so that Alertmanager starts also without any channel; without an address it sends nowhere.
receiver_collector() {
    echo '  - name: collector'
    if ! is_url "$fallback_url"; then return; fi
    cat <<TEXT
    webhook_configs:
      - url: $(yaml "$fallback_url")
        send_resolved: true
TEXT
    if [ -n "$collector_token" ]; then
        printf '        http_config: {authorization: {type: Bearer, credentials: %s}}\n' "$(yaml "$collector_token")"
    fi
}

# route CHANNEL SEVERITY REPEAT
route() {
    printf '    - receiver: %s\n      matchers: [severity="%s"]\n      repeat_interval: %s\n      continue: true\n' "$1" "$2" "$3"
}

# taken CHANNEL RECEIVER: Alertmanager's own tool, which its image has, finds no fault with that receiver alone. What it says may
# hold the values, and is not shown.
taken() {
    if ! command -v amtool >/dev/null; then return 0; fi
    printf 'route: {receiver: %s}\nreceivers:\n%s\n' "$1" "$2" >"$config"
    amtool check-config "$config" >/dev/null 2>&1 ||
        left_out "$1" "Alertmanager does not take its values; see .env.example for how they are written."
}

# The same spans as Grafana's.
routes() {
    cat <<TEXT
route:
  receiver: ${first_channel:-collector}
  group_by: [alertname, env]
  group_wait: 5s
  group_interval: 10s
  repeat_interval: 4h
TEXT
    if [ -n "$channels" ]; then
        echo '  routes:'
        each_route
    fi
}

# A whole collector that is down has its parts down as well: that is one alert.
inhibitions() {
    cat <<'TEXT'
inhibit_rules:
  - source_matchers: [alertname="CollectorDown"]
    target_matchers: [alertname!="CollectorDown"]
    equal: [instance]
TEXT
}

collector_token=$(value COLLECTOR_TOKEN)
read_channels
umask 077
receivers=$(receiver_collector)
kept=''
for channel in $channels; do
    if receiver=$("receiver_$channel") && taken "$channel" "$receiver"; then
        receivers="$receivers
$receiver"
        kept="${kept:+$kept }$channel"
    fi
done
channels=$kept
first_channel=${channels%% *}
{
    routes
    inhibitions
    printf 'receivers:\n%s\n' "$receivers"
} >"$config"
if is_url "$fallback_url"; then
    nobody="the log of the collector alone"
else
    nobody=nobody
    echo "$0: COLLECTOR_ALERTS_URL is the collector's /alerts, such as http://collector:9464/alerts; its log gets no alerts." >&2
fi
echo "$0: alerts go to ${channels:-$nobody}."
if [ "${1:-}" = --render ]; then exit 0; fi
# It is alone, and need not look for others like it.
exec alertmanager --config.file="$config" --storage.path=/alertmanager --cluster.listen-address= "$@"
