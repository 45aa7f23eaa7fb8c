# shellcheck shell=bash
# Reads the .trx files that `dotnet test` writes. To be sourced; needs bash, awk and nothing else.

# trx_read MODE FILE
#   counts   prints "passed failed skipped broken"; broken is 1 when the run broke off, a crash for instance
#   report   prints each failed and each skipped test with its message, and why the run broke off
trx_read() {
    awk -v mode="$1" '
        function attribute(name,    rest) {
            if (!match($0, " " name "=\"[^\"]*\"")) return ""
            rest = substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
            return text(rest)
        }
        function text(xml) {
            gsub(/&#x[Dd];/, "", xml); gsub(/&#x[Aa];/, "\n", xml)
            gsub(/&lt;/, "<", xml); gsub(/&gt;/, ">", xml); gsub(/&quot;/, "\"", xml); gsub(/&apos;/, "\047", xml)
            gsub(/&amp;/, "\\&", xml)
            return xml
        }
        function report(what, name, message) {
            if (mode != "report") return
            gsub(/\n/, "\n    ", message)
            print what " " name
            if (message != "") print "    " message
        }
        # Gathers the text of an element over its lines; true once it is complete.
        function gathered(element,    line) {
            line = $0
            if (!gathering) {
                if (!match(line, "<" element ">")) return 0
                gathering = 1; gather = ""
                line = substr(line, RSTART + RLENGTH)
            } else gather = gather "\n"
            if (match(line, "</" element ">")) { line = substr(line, 1, RSTART - 1); gathering = 0 }
            gather = gather text(line)
            return !gathering
        }

        { sub(/\r$/, "") }
        /^[ \t]*<UnitTestResult / {
            outcome = attribute("outcome"); test = attribute("testName"); message = ""
            if (outcome == "Passed") passed++
            else if (outcome == "NotExecuted") skipped++
            else failed++
            open = ($0 !~ /\/>[ \t]*$/)
            if (!open && outcome != "Passed") report(outcome == "NotExecuted" ? "SKIPPED" : "FAILED", test, "")
            next
        }
        open && gathered("Message") { message = gather }
        open && !gathering && /^[ \t]*<\/UnitTestResult>/ {
            open = 0
            if (outcome != "Passed") report(outcome == "NotExecuted" ? "SKIPPED" : "FAILED", test, message)
            next
        }
        /^[ \t]*<RunInfo / { error = (attribute("outcome") == "Error"); next }
        error && gathered("Text") {
            error = 0
            # A failed test leaves an error of its own here, which says no more than the result above did.
            if (gather !~ /\[FAIL\]/) { broken = 1; report("BROKEN OFF", "", gather) }
        }
        END { if (mode == "counts") print passed + 0, failed + 0, skipped + 0, broken + 0 }
    ' "$2"
}

# trx_summary DIR
# DIR holds a folder for each test project, with results.trx and exit-code (that of `dotnet test`). Prints what failed
# and what was skipped, and as the last line "N passed, N failed, N skipped". A project that left no results, or
# broke off, counts as one failed. Fails when anything failed, when no test ran, and with REQUIRE_ALL=1 when any was
# skipped.
trx_summary() {
    local passed=0 failed=0 skipped=0 folder project code p f s broken
    for folder in "$1"/*/; do
        folder=${folder%/}
        project=${folder##*/}
        code=unknown
        if [ -f "$folder/exit-code" ]; then read -r code <"$folder/exit-code" || true; fi
        if [ ! -s "$folder/results.trx" ]; then
            echo "FAILED $project: it left no results (exit code $code)"
            failed=$((failed + 1))
            continue
        fi
        trx_read report "$folder/results.trx"
        read -r p f s broken < <(trx_read counts "$folder/results.trx")
        if [ "$broken" = 1 ] || { [ "$code" != 0 ] && [ "$f" = 0 ]; }; then
            echo "FAILED $project: it broke off (exit code $code)"
            f=$((f + 1))
        fi
        passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    done

    local result=0
    if [ "$failed" -gt 0 ]; then result=1; fi
    if [ $((passed + failed + skipped)) = 0 ]; then
        echo "FAILED: no test ran"
        result=1
    fi
    if [ "${REQUIRE_ALL:-0}" = 1 ] && [ "$skipped" -gt 0 ]; then
        echo "FAILED: REQUIRE_ALL=1, and $skipped skipped"
        result=1
    fi
    echo "$passed passed, $failed failed, $skipped skipped"
    return "$result"
}
