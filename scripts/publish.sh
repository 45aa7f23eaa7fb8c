#!/usr/bin/env bash
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
# shellcheck source=scripts/lib/sdk.sh
. "$here/lib/sdk.sh"
# shellcheck source=scripts/lib/net.sh
. "$here/lib/net.sh"
# shellcheck source=scripts/lib/sbom.sh
. "$here/lib/sbom.sh"

usage() {
    cat <<'TEXT'
Makes the collector as one file that needs no .NET on the machine it runs on, with the schema files, the example
configuration and the systemd unit beside it, packed as collector-VERSION-SYSTEM.tar.gz, with SHA-256 sums. Beside the archive
collector-VERSION-SYSTEM.cdx.json lists what is in the program, .NET's runtime too: packages, versions, hashes, licences (CycloneDX).

Usage: scripts/publish.sh [options] [SYSTEM...]     default: linux-x64 linux-arm64

  --output DIR    default: artifacts
  --no-start      do not start what was made for this machine, and so print no start-up time
  --help

The runtime is the SDK's own, or a newer one that Directory.Build.props asks for (LeastRuntimeVersion); an older one is never
frozen into the program. A system whose runtime cannot be restored is left out and said so.

The same commit gives the same archive, byte for byte: files are sorted, belong to nobody, and have the time of the commit, or
that of SOURCE_DATE_EPOCH.

Prints each file's size, and for this machine's own the
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
property() { sed -n "s:.*<$1>\(.*\)</$1>.*:\1:p" "$root/Directory.Build.props"; }
version=$(property VersionPrefix)
least_runtime=$(property LeastRuntimeVersion)
epoch=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 0)}
work=$(mktemp -d)
# shellcheck disable=SC2317  # the trap calls it
clean_up() {
    if [ -n "${collector:-}" ]; then stop_processes 20 "$collector"; fi
    rm -rf "$work"
}
trap clean_up EXIT

# at_least VERSION LEAST
at_least() { [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]; }

# The SDK freezes the runtime that it came with; where that is too old, the one that is asked for.
sdk_runtime=$(dotnet msbuild "$root/collector/App/Collector.App.csproj" -getProperty:BundledNETCoreAppPackageVersion 2>/dev/null || true)
runtime_flags=()
if ! at_least "${sdk_runtime:-0}" "$least_runtime"; then runtime_flags=("-p:RuntimeFrameworkVersion=$least_runtime"); fi

# make SYSTEM NAME: the folder that is packed, at $work/NAME, and the list of what is in it; fails when it cannot be built, with
# the reason in $work/SYSTEM.log.
make() {
    local deps runtime
    dotnet publish "$root/collector/App/Collector.App.csproj" -c Release -r "$1" --self-contained true -p:PublishSingleFile=true \
        -p:IncludeNativeLibrariesForSelfExtract=true -p:EnableCompressionInSingleFile=false -p:DebugType=none \
        -p:PublishReadyToRunComposite=false -p:RunAnalyzers=false -p:EnableSingleFileAnalyzer=false -p:RestoreLockedMode=true \
        "-p:PathMap=$work/build=/build%2C$root=/source" "${runtime_flags[@]}" --artifacts-path "$work/build" -o "$work/out-$1" "${build_flags[@]}" >"$work/$1.log" 2>&1 || return 1
    deps=$work/build/obj/Collector.App/release_$1/collector.deps.json
    while read -r runtime; do
        if ! at_least "${runtime##*/}" "$least_runtime"; then
            echo "error: ${runtime%/*} ${runtime##*/} is older than $least_runtime (LeastRuntimeVersion in Directory.Build.props)." >"$work/$1.log"
            return 1
        fi
    done < <(frozen_runtimes "$deps")
    [ -n "$(frozen_runtimes "$deps")" ] || { echo "error: $deps names no runtime." >"$work/$1.log"; return 1; }
    mkdir -p "$work/$2"
    cp "$work/out-$1/collector" "$root/collector.yaml" "$root/LICENSE" "$root/CHANGELOG.md" "$work/$2"
    cp -R "$root/schemas" "$work/$2"
    cp "$root/monitoring/systemd/collector.service" "$work/$2"
    sbom "$deps" "$version" "$work/$2/collector" "$epoch" >"$work/$2.cdx.json"
}

# pack NAME: the folder $work/NAME as the archive on the standard output, the same for the same files.
pack() {
    tar --format=gnu --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -C "$work" -c "$1" | gzip -n
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
    pack "$name" >"$output/$name.tar.gz"
    cp "$work/$name.cdx.json" "$output"
    made+=("$name.tar.gz" "$name.cdx.json")
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
