#!/usr/bin/env bash
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
# shellcheck source=scripts/lib/sdk.sh
. "$here/lib/sdk.sh"

usage() {
    cat <<'TEXT'
Looks for what became old or dangerous since the last look: packages with a newer version, packages with a known
vulnerability (also those that others bring along), and images of docker-compose.yml. Changes nothing. Meant to be run once
a week, where its end code can be told to somebody.

Usage: scripts/audit.sh [options]

  --major           newer major versions too, such as 11.0 for 10.1; without it only those that should need no work
  --project FILE    what to look at: a project or solution. Default: Collector.sln
  --images FILE     the list of images, with the day when somebody last looked for newer ones. Default: scripts/lib/images.txt
  --compose FILE    default: docker-compose.yml
  --help

Packages are restored as they are locked, and looked up at the sources that NuGet is configured with; an image is compared
with the list, and nothing is asked of a registry of images. A line for each finding:

  vulnerable  PACKAGE VERSION SEVERITY ADVISORY    take a version that the advisory names, in Directory.Packages.props
  outdated    PACKAGE VERSION NEWEST               the same, at your leisure
  image       what differs, or that the last look was over 30 days ago: look, then change tag and day in the list
  note        what the list says of an image that is held back; no finding

Ends with 0 when nothing was found, 1 when something was, 2 for a wrong argument, and 3 when vulnerabilities could not be
looked for: without an SDK or curl, when packages cannot be restored, or when no source of packages serves data about
vulnerabilities. That is no all-clear, whatever else was found is printed all the same. A source that has the data can be
named for this alone, as <auditSources> in a nuget.config.
TEXT
}

fail() {
    printf 'audit.sh: %s\n' "$2" >&2
    exit "$1"
}

project=$root/Collector.sln images=$here/lib/images.txt compose=$root/docker-compose.yml range=--highest-minor
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h) usage; exit 0 ;;
        --major) range='' ;;
        --project | --images | --compose)
            [ -f "${2:-}" ] || fail 2 "$1 takes a file; see --help."
            printf -v "${1#--}" '%s' "$2"
            shift
            ;;
        *) fail 2 "there is no option '$1'; see --help." ;;
    esac
    shift
done
require_sdk "$root"
command -v curl >/dev/null || fail 3 "curl is needed, and not installed."
work=$(mktemp -d)
log=$work/log
trap 'rm -rf "$work"' EXIT

found=no blind=no
finding() {
    found=yes
    printf '%-11s %s\n' "$1" "$2"
}

# list OPTION...: what `dotnet list package` prints, in the log.
list() {
    dotnet list "$project" package --no-restore "$@" >"$log" 2>&1 || fail 3 "'dotnet list package $*' failed: $(tail -n 3 "$log")"
}

# findings KIND COUNT: a finding for each package in the log, with the last COUNT columns of its line, each once.
findings() {
    local line
    while read -r line; do
        finding "$1" "$line"
    done < <(awk -v count="$2" '$1 == ">" {
        line = $2
        for (i = NF - count + 1; i <= NF; i++) line = line " " $i
        print line
    }' "$log" | sort -u)
}

# The advisories are looked up by this script, which is to tell them and not to end with the first one.
restore() {
    dotnet restore "$project" --locked-mode -p:NuGetAudit=false >"$log" 2>&1 ||
        fail 3 "the packages cannot be restored as they are locked: $(grep -m 1 error "$log" || tail -n 1 "$log")"
}

# A source without the data finds nothing, and NuGet does not say so; with it NuGet asks for all packages at once only where the
# source is named for that.
look_for_vulnerable() {
    local source number=0
    list --vulnerable
    while read -r source; do
        if curl --fail --silent --max-time 30 --location "$source" | grep '"VulnerabilityInfo/' >/dev/null; then
            number=$((number + 1))
            printf '<add key="%s" value="%s" allowInsecureConnections="true" />\n' "$number" "$source"
        fi
    done < <(grep -oE '^[[:space:]]+https?://[^[:space:]]+$' "$log" | tr -d '[:blank:]') >"$work/sources"
    if [ ! -s "$work/sources" ]; then
        blind=yes
        echo "audit.sh: no source of packages serves data about vulnerabilities: whether a package has one is not known." >&2
        return
    fi
    { echo '<configuration><auditSources><clear />'; cat "$work/sources"; echo '</auditSources></configuration>'; } >"$work/nuget.config"
    list --vulnerable --include-transitive --config "$work/nuget.config"
    findings vulnerable 3
}

look_for_outdated() {
    # shellcheck disable=SC2086  # empty, or one word
    list --outdated $range
    findings outdated 2
}

look_at_images() {
    local image tag line day note age
    while IFS=: read -r image tag; do
        line=$(awk -v image="$image" '$1 == image' "$images")
        if [ -z "$line" ]; then
            finding image "$image is in no line of the list"
            continue
        fi
        read -r _ line day note <<<"$line"
        if [ "$line" != "$tag" ]; then finding image "$image is $tag, and $line in the list"; fi
        age=$((($(date +%s) - $(date -d "$day" +%s)) / 86400))
        if [ "$age" -gt 30 ]; then finding image "$image $tag was looked at $age days ago"; fi
        if [ -n "$note" ]; then printf '%-11s %s\n' note "$image $tag: $note"; fi
    done < <(sed -n -e '/:local$/d' -e 's/^ *image: \([^ ]*\).*/\1/p' "$compose" | sort -u)
}

look_at_images
restore
look_for_outdated
look_for_vulnerable
if [ "$blind" = yes ]; then exit 3; fi
if [ "$found" = yes ]; then exit 1; fi
echo "audit.sh: nothing was found."
