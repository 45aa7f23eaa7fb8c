#!/bin/sh
# Whether Prometheus or Alertmanager is ready: their health check, since they answer nobody without the password. That is in no
# command line, which all users of the machine can see: printf is the shell's own.
#
#   ready.sh PORT PASSWORD_FILE
set -eu

login=$(printf 'admin:%s' "$(cat "$2")" | base64 | tr -d '\n')
answer=$(printf 'GET /-/ready HTTP/1.0\r\nAuthorization: Basic %s\r\n\r\n' "$login" | nc -w 3 127.0.0.1 "$1" | head -n 1)
case $answer in
    'HTTP/1.'?' 200 '*) ;;
    *)
        echo "$0: ${answer:-no answer}" >&2
        exit 1
        ;;
esac
