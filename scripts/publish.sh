#!/usr/bin/env bash
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
# shellcheck source=scripts/lib/sdk.sh
. "$here/lib/sdk.sh"
# shellcheck source=scripts/lib/net.sh
. "$here/lib/net.sh"

usage() {
    cat <<'TEXT'
Makes the collector as one file that needs no .NET on the machine it runs on, with the schema files, the example
configuration and the systemd unit beside it, packed as collector-VERSION-SYSTEM.tar.gz, with SHA-256 sums.

Usage: scripts/publish.sh [options] [SYSTEM...]     default: linux-x64 linux-arm64

  --output DIR    default: artifacts
  --no-start      do not start what was made for this machine, and so print no start-up time
  --help

A system whose runtime cannot be restored is left out and said so. Prints each file's size, and for this machine's own the
time from its start until /health/live answers. Ends with 0 when at least one was made, 1 when none, 3 without an SDK.
TEXT
}

fail() {
    printf 'publish.sh: %s\n' "$2" >&2
    exit "$1"
}

output=$root/artifacts with_start=yes systems=()
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h) usage; exit 0 ;;
        --output) [ -n "${2:-}" ] || fail 2 "--output takes a folder."; output=$2; shift ;;
        --no-start) with_start=no ;;
        linux-x64 | linux-arm64) systems+=("$1") ;;
        *) fail 2 "there is no option or system '$1'; see --help." ;;
    esac
    shift
done
[ "${#systems[@]}" -gt 0 ] || systems=(linux-x64 linux-arm64)
require_sdk "$root"
mkdir -p "$output"
output=$(cd "$output" && pwd)
version=$(sed -n 's:.*<VersionPrefix>\(.*\)</VersionPrefix>.*:\1:p' "$root/Directory.Build.props")
work=$(mktemp -d)
# shellcheck disable=SC2317  # the trap calls it
clean_up() {
    if [ -n "${collector:-}" ]; then stop_processes 20 "$collector"; fi
    rm -rf "$work"
}
trap clean_up EXIT

# make SYSTEM: the folder that is packed, at $work/NAME; fails when it cannot be built.
make() {
    dotnet publish "$root/collector/Collector.csproj" -c Release -r "$1" --self-contained true -p:PublishSingleFile=true \
        -p:IncludeNativeLibrariesForSelfExtract=true -p:EnableCompressionInSingleFile=false -p:DebugType=none \
        -p:PublishReadyToRunComposite=false -p:RunAnalyzers=false -p:EnableSingleFileAnalyzer=false -p:RestoreLockedMode=true --artifacts-path "$work/build" -o "$work/out-$1" "${build_flags[@]}" >"$work/$1.log" 2>&1 || return 1
    mkdir -p "$work/$2"
    cp "$work/out-$1/collector" "$root/collector.yaml" "$root/LICENSE" "$root/CHANGELOG.md" "$work/$2"
    cp -R "$root/schemas" "$work/$2"
    cp "$root/monitoring/systemd/collector.service" "$work/$2"
}

this_system() {
    case $(uname -m) in
        x86_64) echo linux-x64 ;;
        aarch64) echo linux-arm64 ;;
    esac
}

# start FOLDER: starts it on an empty folder and prints the milliseconds until it answers.
start() {
    local port began
    port=$(free_port)
    mkdir "$work/run"
    printf 'data_dir: data\nschemas_dir: %s\nhttp: {listen: "127.0.0.1:%s"}\ngateway: {enabled: false}\nsources: {host: [{}]}\n' \
        "$1/schemas" "$port" >"$work/run/collector.yaml"
    began=$(date +%s%3N)
    "$1/collector" run --config "$work/run/collector.yaml" >"$work/run/log" 2>&1 &
    collector=$!
    if ! await_http "$collector" "$port" /health/live 200 30; then
        cat "$work/run/log" >&2
        fail 1 "the collector that was made does not start."
    fi
    printf 'started in %s ms\n' "$(($(date +%s%3N) - began))"
    stop_processes 20 "$collector"
    collector=''
}

made=()
for system in "${systems[@]}"; do
    name=collector-$version-$system
    if ! make "$system" "$name"; then
        grep -m 3 -E 'error' "$work/$system.log" >&2 || tail -n 5 "$work/$system.log" >&2
        printf 'publish.sh: %s is left out: it cannot be built here.\n' "$system" >&2
        continue
    fi
    tar --sort=name --owner=0 --group=0 --numeric-owner -C "$work" -czf "$output/$name.tar.gz" "$name"
    made+=("$name.tar.gz")
    printf '%s: collector %s MB, packed %s MB\n' "$name" \
        "$(($(stat -c %s "$work/$name/collector") / 1000000))" "$(($(stat -c %s "$output/$name.tar.gz") / 1000000))"
    if [ "$with_start" = yes ] && [ "$system" = "$(this_system)" ]; then
        printf '%s: ' "$name"
        start "$work/$name"
    fi
done
[ "${#made[@]}" -gt 0 ] || fail 1 "nothing was made."
(cd "$output" && sha256sum "${made[@]}" >SHA256SUMS)
printf 'publish.sh: %s/SHA256SUMS\n' "$output"
