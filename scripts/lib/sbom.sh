# shellcheck shell=bash
# What is in the published program, as a CycloneDX document. To be sourced; needs bash, awk, sed, od and base64.
#
# It is read from the program's own list, collector.deps.json, which the SDK writes and the program starts by: what is in there is
# in the program. The CycloneDX tool for .NET reads the project instead, and leaves out the runtime, which is the most of it.

# libraries DEPS: each library of the list, as "TYPE NAME VERSION SHA512", with a dash where there is no sum. TYPE is package,
# runtimepack or project.
libraries() {
    awk -F'"' '
        /^  "libraries": \{/ { inside = 1; next }
        inside && /^    "/ { split($2, id, "/"); type = ""; sum = "" }
        inside && /^      "type"/ { type = $4 }
        inside && /^      "sha512"/ { sum = $4; sub(/^sha512-/, "", sum) }
        inside && /^    \}/ { print type, id[1], id[2], sum == "" ? "-" : sum }
    ' "$1"
}

# frozen_runtimes DEPS: the parts of .NET that are in the program, as NAME/VERSION.
frozen_runtimes() {
    libraries "$1" | awk '$1 == "runtimepack" { sub(/^runtimepack\./, "", $2); print $2 "/" $3 }'
}

# depends DEPS: each library and one that it depends on, as "NAME OTHER".
depends() {
    awk -F'"' '
        /^  "targets": \{/ { inside = 1 }
        /^  "libraries": \{/ { inside = 0 }
        inside && /^      "/ { split($2, id, "/") }
        inside && /^        "dependencies": \{/ { listed = 1; next }
        inside && /^        \}/ { listed = 0 }
        inside && listed && /^          "/ { print id[1], $2 }
    ' "$1" | sed 's/runtimepack\.//g'
}

# hexadecimal BASE64
hexadecimal() { printf '%s' "$1" | base64 -d | od -An -vtx1 | tr -d ' \n'; }

# component TYPE NAME VERSION SHA512: as one line of JSON. Licence, and a runtime's sum, are read from the restored package.
component() {
    local kind=library name=${2#runtimepack.} sum=$4 folder licence=''
    folder=${NUGET_PACKAGES:-$HOME/.nuget/packages}/${name,,}/$3
    if [ "$1" = runtimepack ]; then kind=framework; fi
    if [ "$sum" = - ]; then sum=$(sed -n 's/.*"contentHash": "\([^"]*\)".*/\1/p' "$folder/.nupkg.metadata" 2>/dev/null || true); fi
    licence=$(sed -n 's/.*<license type="expression">\([A-Za-z0-9.+() -]*\)<.*/\1/p' "$folder/${name,,}.nuspec" 2>/dev/null || true)
    printf '    {"type": "%s", "bom-ref": "pkg:nuget/%s@%s", "name": "%s", "version": "%s", "purl": "pkg:nuget/%s@%s"' \
        "$kind" "$name" "$3" "$name" "$3" "$name" "$3"
    if [ -n "$sum" ]; then printf ', "hashes": [{"alg": "SHA-512", "content": "%s"}]' "$(hexadecimal "$sum")"; fi
    case $licence in
        '') ;;
        *' '*) printf ', "licenses": [{"expression": "%s"}]' "$licence" ;;
        *) printf ', "licenses": [{"license": {"id": "%s"}}]' "$licence" ;;
    esac
    printf '}'
}

# joined: the lines of the standard input, with commas between them.
joined() { sed '$!s/$/,/'; }

# The rooms of the collector are projects, and parts of the program: what they depend on, it depends on.
# sbom DEPS VERSION PROGRAM EPOCH: the document (https://cyclonedx.org/docs/1.6/json/), for the program's file, at that time.
sbom() {
    local type name version sum
    printf '{\n  "bomFormat": "CycloneDX",\n  "specVersion": "1.6",\n  "version": 1,\n  "metadata": {\n'
    printf '    "timestamp": "%s",\n' "$(date -u -d "@$4" +%Y-%m-%dT%H:%M:%SZ)"
    printf '    "component": {"type": "application", "bom-ref": "collector", "name": "collector", "version": "%s", ' "$2"
    printf '"hashes": [{"alg": "SHA-256", "content": "%s"}], "licenses": [{"license": {"id": "Apache-2.0"}}]}\n  },\n' \
        "$(sha256sum "$3" | sed 's/ .*//')"
    printf '  "components": [\n'
    libraries "$1" | while read -r type name version sum; do
        if [ "$type" != project ]; then
            component "$type" "$name" "$version" "$sum"
            echo
        fi
    done | joined
    printf '  ],\n  "dependencies": [\n'
    { libraries "$1" | sed 's/runtimepack\.//'; echo; depends "$1"; } | awk '
        NF == 0 { edges = 1; next }
        !edges {
            ref[$2] = $1 == "project" ? "collector" : "pkg:nuget/" $2 "@" $3
            if (!(ref[$2] in listed)) { listed[ref[$2]] = 1; order[++n] = ref[$2] }
            next
        }
        $1 in ref && $2 in ref && ref[$1] != ref[$2] && !((ref[$1], ref[$2]) in known) {
            known[ref[$1], ref[$2]] = 1
            on[ref[$1]] = on[ref[$1]] (on[ref[$1]] == "" ? "" : ", ") "\"" ref[$2] "\""
        }
        END { for (i = 1; i <= n; i++) printf "    {\"ref\": \"%s\", \"dependsOn\": [%s]}\n", order[i], on[order[i]] }
    ' | joined
    printf '  ]\n}\n'
}
