# shellcheck shell=sh
# What the start scripts of Grafana and Alertmanager share: which channels are configured, which alerts go to each, and how a
# value is written into YAML. To be sourced. POSIX sh with sed and awk: all that their images have.

# value NAME: the variable NAME, or what the file says that NAME_FILE names; without white space around it. Nothing when
# neither is set, or when the file is empty.
value() {
    # shellcheck disable=SC2154  # eval sets it
    eval "value_text=\${$1:-} value_file=\${$1_FILE:-}"
    if [ -z "$value_text" ] && [ -n "$value_file" ]; then
        if [ -r "$value_file" ]; then
            value_text=$(cat "$value_file")
        else
            echo "$0: $1_FILE names $value_file, which cannot be read; it counts as not set." >&2
        fi
    fi
    TEXT=$value_text awk 'BEGIN {
        text = ENVIRON["TEXT"]
        sub(/^[ \t\r\n]+/, "", text)
        sub(/[ \t\r\n]+$/, "", text)
        printf "%s", text
    }'
}

# yaml TEXT [DOLLAR]: the text as a double-quoted YAML scalar, whatever is in it; always a string, a number too. DOLLAR is
# what stands for a dollar sign: '$$' where the reader expands variables, as Grafana does.
yaml() {
    TEXT=$1 DOLLAR=${2:-\$} awk 'BEGIN {
        for (i = 1; i < 32; i++) escaped[sprintf("%c", i)] = sprintf("\\x%02x", i)
        escaped[sprintf("%c", 127)] = "\\x7f"
        escaped["\n"] = "\\n"
        escaped["\\"] = "\\\\"
        escaped["\""] = "\\\""
        escaped["$"] = ENVIRON["DOLLAR"]
        text = ENVIRON["TEXT"]
        printf "\""
        for (i = 1; i <= length(text); i++) {
            c = substr(text, i, 1)
            printf "%s", (c in escaped) ? escaped[c] : c
        }
        printf "\""
    }'
}

# matches TEXT PATTERN: the whole text is as awk's regular expression says.
matches() {
    TEXT=$1 PATTERN=$2 awk 'BEGIN { exit !(ENVIRON["TEXT"] ~ ("^(" ENVIRON["PATTERN"] ")$")) }'
}

# is_url TEXT: an address that both Grafana and Alertmanager can call. Alertmanager does not start with one that it cannot
# read: without a scheme, with white space, or with a percent sign that begins no code.
is_url() {
    matches "$1" 'https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?([/?#]([^%[:space:][:cntrl:]]|%[0-9A-Fa-f][0-9A-Fa-f])*)?'
}

# left_out CHANNEL WHY: without the values, of which some are secret.
left_out() {
    echo "$0: $1 is left out: $2" >&2
    return 1
}

# check_CHANNEL: what is configured can be used. A channel that cannot is left out by itself: Alertmanager would not start, and
# so send nothing anywhere; Grafana would fail with each message.
check_telegram() {
    # A leading zero would be read as an octal number; Telegram's ids have 52 bits.
    if ! matches "$telegram_chat" '-?[1-9][0-9]*|@.+' || { [ "${telegram_chat#@}" = "$telegram_chat" ] && [ "${#telegram_chat}" -gt 17 ]; }; then
        left_out telegram "TELEGRAM_CHAT_ID is the chat's number, such as 123456789 or -1001234567890 for a group, and never 0."
    fi
}

check_discord() {
    if ! is_url "$discord_url"; then
        left_out discord "DISCORD_WEBHOOK_URL is a whole address, such as https://discord.com/api/webhooks/NUMBER/TOKEN."
    fi
}

check_email() {
    if ! matches "$smtp_host" '([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[1-9][0-9]*' || [ "${smtp_host##*:}" -gt 65535 ]; then
        left_out email "SMTP_HOST is a server with its port, such as mail.example.org:587."
    elif ! matches "$smtp_from" '.*[^[:space:]]@.+'; then
        left_out email "SMTP_FROM is an e-mail address, such as collector@example.org."
    elif ! matches "$email_to" '.*[^[:space:]]@.+'; then
        left_out email "EMAIL_TO is one e-mail address or several, such as ops@example.org,night@example.org."
    fi
}

# Sets what is configured, and `channels`: those of telegram, discord and email that are and can be used, in this order.
# shellcheck disable=SC2034  # used by who sources this
read_channels() {
    telegram_token=$(value TELEGRAM_BOT_TOKEN)
    telegram_chat=$(value TELEGRAM_CHAT_ID)
    discord_url=$(value DISCORD_WEBHOOK_URL)
    email_to=$(value EMAIL_TO)
    smtp_host=$(value SMTP_HOST)
    smtp_from=$(value SMTP_FROM)
    smtp_user=$(value SMTP_USER)
    smtp_password=$(value SMTP_PASSWORD)
    channels=''
    need telegram 'TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID' "$telegram_token" "$telegram_chat"
    need discord DISCORD_WEBHOOK_URL "$discord_url"
    need email 'EMAIL_TO, SMTP_HOST and SMTP_FROM' "$email_to" "$smtp_host" "$smtp_from"
    first_channel=${channels%% *}
}

# need CHANNEL NAMES VALUE...: the channel is configured when none of the values is empty and its check finds them good; half of
# them is worth a word.
need() {
    need_channel=$1 need_names=$2 need_some='' need_all=yes
    shift 2
    for need_value in "$@"; do
        if [ -n "$need_value" ]; then need_some=yes; else need_all=''; fi
    done
    if [ -n "$need_all" ]; then
        "check_$need_channel" || return 0
        channels="${channels:+$channels }$need_channel"
    elif [ -n "$need_some" ]; then
        echo "$0: $need_channel needs $need_names; it is left out." >&2
    fi
}

# configured CHANNEL
configured() {
    case " $channels " in
        *" $1 "*) return 0 ;;
        *) return 1 ;;
    esac
}

# Calls `route CHANNEL SEVERITY REPEAT`, which who sources this has, for each route: critical alerts go to all channels, others
# to the first one.
each_route() {
    for channel in $channels; do
        case $channel in
            email) route "$channel" critical 1h ;;
            *) route "$channel" critical 15m ;;
        esac
    done
    route "$first_channel" warning 4h
}
