using System.CommandLine;
using System.Text.Json;
using Collector.App.Doctor;
using Collector.Capabilities;

namespace Collector.App.Commands;

/// <summary><c>collector doctor</c>: all that a collector needs, looked at from this machine.</summary>
internal static class DoctorCommand
{
    private const int CheckWidth = 14;

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object for machines: {\"ok\":true,\"findings\":[{\"verdict\":\"ok\",\"check\":\"disk\",\"text\":\"...\"}]}." };

    private static readonly Option<bool> Sources = new("--sources") { Description = "Also connect to each address that a source asks, at most 2 s each." };

    public static Command Create()
    {
        var command = new ExplainedCommand(
            "doctor",
            "See whether everything that the collector needs is in order, and say what to do where it is not.",
            """
            Looks at folders, disk, spool, listener, database (login, version, suspended tables, schema, clock). It changes
            nothing and runs beside a live collector. One line a check: ok, warn, or FAIL with what to do next.

            Examples:
              collector doctor --config /etc/collector/collector.yaml --sources
              collector doctor --json | jq '.findings[] | select(.verdict != "ok")'

            Exit codes: 0 all is well, perhaps with warnings; 1 something failed; 2 bad configuration.
            """) { Json, Sources };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(CollectorConfig config, ParseResult arguments, CancellationToken cancellationToken)
    {
        bool asJson = arguments.GetValue(Json);
        TextWriter output = arguments.InvocationConfiguration.Output;
        var findings = new List<Finding>();
        await foreach (Finding finding in Examination.RunAsync(config, arguments.GetValue(Sources), TimeProvider.System, cancellationToken))
        {
            findings.Add(finding);
            if (!asJson)
            {
                await WriteAsync(output, finding);
            }
        }

        if (asJson)
        {
            await output.WriteLineAsync(AsJson(findings));
        }
        else
        {
            await output.WriteLineAsync(Summary(findings));
        }

        return findings.Exists(finding => finding.Verdict == Verdict.Fail) ? ExitCode.Failure : ExitCode.Success;
    }

    private static async Task WriteAsync(TextWriter output, Finding finding)
    {
        (string word, string colour) = finding.Verdict switch
        {
            Verdict.Ok => ("ok", "32"),
            Verdict.Warn => ("warn", "33"),
            _ => ("FAIL", "31"),
        };
        string shown = Terminal.IsColoured(output) ? $"\e[{colour}m{word}\e[0m{new string(' ', 4 - word.Length)}" : word.PadRight(4);
        await Terminal.Behind(output).WriteAsync(shown); // a terminal obeys its colour
        await output.WriteLineAsync($"  {finding.Check.PadRight(CheckWidth)} {finding.Text}");
        if (finding.Advice is { } advice)
        {
            await output.WriteLineAsync($"      do: {advice}");
        }
    }

    private static string Summary(List<Finding> findings)
    {
        int failed = findings.Count(finding => finding.Verdict == Verdict.Fail);
        int warned = findings.Count(finding => finding.Verdict == Verdict.Warn);
        return $"{findings.Count} findings: {failed} failed, {warned} to look at.";
    }

    private static string AsJson(List<Finding> findings) => JsonSerializer.Serialize(
        new
        {
            ok = !findings.Exists(finding => finding.Verdict == Verdict.Fail),
            findings = findings.Select(finding => new { verdict = finding.Verdict.ToString().ToLowerInvariant(), check = finding.Check, text = finding.Text, advice = finding.Advice }),
        },
        JsonSerializerOptions.Web);
}
