# shellcheck shell=bash
# The .NET SDK: is there one, and how it is called so that no process of it lingers. To be sourced.

# No build server and no reused build node: nothing is left running when a script ends.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# shellcheck disable=SC2034  # used where this is sourced
readonly build_flags=(--nodereuse:false -p:UseSharedCompilation=false)

# require_sdk FOLDER: ends the script with code 3 and one sentence when the SDK that FOLDER/global.json asks for is
# not there.
require_sdk() {
    local how='install the .NET 10 SDK: https://dotnet.microsoft.com/download/dotnet/10.0 (on Debian and Ubuntu, where packaged: apt-get install dotnet-sdk-10.0).'
    if ! command -v dotnet >/dev/null; then
        echo "${0##*/}: there is no 'dotnet' on the PATH; $how" >&2
        exit 3
    fi
    if ! (cd "$1" && dotnet --version) >/dev/null 2>&1; then
        local found
        found=$(dotnet --list-sdks 2>/dev/null | sed 's/ .*//' | tr '\n' ' ' || true)
        echo "${0##*/}: the .NET SDK here is too old (found: ${found:-none }); $how" >&2
        exit 3
    fi
}
