# shellcheck shell=bash
# Small things about ports and HTTP that need nothing but bash. To be sourced.

# port_taken PORT: something listens on 127.0.0.1.
port_taken() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# free_port: prints a port that nothing listens on, below those that outgoing connections are given.
free_port() {
    local port
    for _ in {1..100}; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        if ! port_taken "$port"; then
            echo "$port"
            return 0
        fi
    done
    return 1
}

# http_status PORT PATH: prints the status of GET http://127.0.0.1:PORT/PATH, or 000 when there is no answer.
http_status() {
    local status
    # In a sub-shell of its own: a failed redirection of `exec` would end the script.
    status=$(
        exec 2>/dev/null
        exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 0
        printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$2" "$1" >&3
        read -r -t 5 _ code _ <&3 && printf '%s' "$code"
    ) || true
    printf '%s' "${status:-000}"
}

# alive PID: the process runs.
alive() {
    kill -0 "$1" 2>/dev/null
}

# await_http PID PORT PATH STATUS SECONDS: waits until the page answers so; fails when the process ends before, or
# the time is up.
await_http() {
    local end=$((SECONDS + $5))
    while [ "$SECONDS" -lt "$end" ] && alive "$1"; do
        if [ "$(http_status "$2" "$3")" = "$4" ]; then return 0; fi
        sleep 0.2
    done
    return 1
}

# stop_processes SECONDS PID...: SIGTERM to all, SIGKILL to those that are still there when the time is up.
stop_processes() {
    local end=$((SECONDS + $1)) pid
    shift
    for pid in "$@"; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in "$@"; do
        while alive "$pid" && [ "$SECONDS" -lt "$end" ]; do sleep 0.1; done
        if alive "$pid"; then
            echo "process $pid did not stop in time and is killed" >&2
            kill -KILL "$pid" 2>/dev/null || true
        fi
        wait "$pid" 2>/dev/null || true
    done
}
