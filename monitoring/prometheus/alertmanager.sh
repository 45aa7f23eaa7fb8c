#!/bin/sh
# Alertmanager's start in a container: writes its configuration with the channels that are configured, and runs it. An empty
# token or address would keep it from starting, and it expands no variables.
#
#   alertmanager.sh            runs it
#   alertmanager.sh --render   only writes ALERTMANAGER_CONFIG
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=monitoring/shared/channels.sh
. "${CHANNELS_LIBRARY:-$here/../shared/channels.sh}"

config=${ALERTMANAGER_CONFIG:?names the file to write}
fallback_url=${COLLECTOR_ALERTS_URL:?names the /alerts of the collector}
title='{{ if eq .Status "firing" }}{{ .Alerts.Firing | len }} firing{{ else }}recovered{{ end }}: {{ .CommonLabels.alertname }}{{ with .CommonLabels.severity }} ({{ . }}){{ end }}'
words='{{ range .Alerts }}{{ if eq .Status "firing" }}FIRING{{ else }}RECOVERED{{ end }}: {{ .Annotations.summary }}{{ with .Annotations.runbook }}
What to do: {{ . }}{{ end }}
{{ end }}'

receiver_telegram() {
    # Its chat is a number; anything else is told here, since Alertmanager would not start.
    case ${telegram_chat#-} in
        '' | *[!0-9]*)
            echo "$0: TELEGRAM_CHAT_ID has to be a number for Alertmanager; telegram is left out." >&2
            return 1
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

receiver_collector() {
    cat <<TEXT
  - name: collector
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
    if receiver=$("receiver_$channel"); then
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
echo "$0: alerts go to ${channels:-the log of the collector alone}."
if [ "${1:-}" = --render ]; then exit 0; fi
# It is alone, and need not look for others like it.
exec alertmanager --config.file="$config" --storage.path=/alertmanager --cluster.listen-address= "$@"
