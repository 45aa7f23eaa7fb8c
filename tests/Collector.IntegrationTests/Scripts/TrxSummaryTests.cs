using System.Globalization;
using System.Security;
using System.Text;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Scripts;

/// <summary>What test.sh makes of result files, of the form that <c>dotnet test --logger trx</c> writes.</summary>
public sealed class TrxSummaryTests : IDisposable
{
    private readonly TemporaryFolder _results = new();

    [Fact]
    public async Task Summary_AllPassed_CountsThemOverProjects()
    {
        Project("A", 0, Passed("A.One"), Passed("A.Two"));
        Project("B", 0, Passed("B.One"));

        await using ChildProcess summary = await SummariseAsync();

        Assert.Equal(0, summary.ExitCode);
        Assert.Equal("3 passed, 0 failed, 0 skipped", summary.Output);
    }

    [Fact]
    public async Task Summary_OneFailed_ShowsItsMessageAndFails()
    {
        Project("A", 1, Passed("A.One"), Failed("A.Rows(text: \"<&>\")", "Expected: \"a<b & c\"\nActual:   'z'"));

        await using ChildProcess summary = await SummariseAsync();

        Assert.Equal(1, summary.ExitCode);
        Assert.Equal(
            "FAILED A.Rows(text: \"<&>\")\n    Expected: \"a<b & c\"\n    Actual:   'z'\n1 passed, 1 failed, 0 skipped",
            summary.Output);
    }

    [Fact]
    public async Task Summary_OneSkipped_ShowsItsReasonAndPasses()
    {
        Project("A", 0, Passed("A.One"), Skipped("A.Two", "no QuestDB here"));

        await using ChildProcess summary = await SummariseAsync();

        Assert.Equal(0, summary.ExitCode);
        Assert.Equal("SKIPPED A.Two\n    no QuestDB here\n1 passed, 0 failed, 1 skipped", summary.Output);
    }

    [Fact]
    public async Task Summary_OneSkippedAndAllRequired_Fails()
    {
        Project("A", 0, Passed("A.One"), Skipped("A.Two", "no QuestDB here"));

        await using ChildProcess summary = await SummariseAsync(requireAll: true);

        Assert.Equal(1, summary.ExitCode);
        Assert.EndsWith("\n1 passed, 0 failed, 1 skipped", summary.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Summary_ProjectWithoutResults_CountsAsFailed()
    {
        Project("A", 0, Passed("A.One"));
        Directory.CreateDirectory(_results.Combine("B"));
        await File.WriteAllTextAsync(_results.Combine("B", "exit-code"), "124\n");

        await using ChildProcess summary = await SummariseAsync();

        Assert.Equal(1, summary.ExitCode);
        Assert.Equal("FAILED B: it left no results (exit code 124)\n1 passed, 1 failed, 0 skipped", summary.Output);
    }

    [Fact]
    public async Task Summary_HostCrashed_CountsAsFailedBesideTheFailedTest()
    {
        const string Crash = "The active test run was aborted. Reason: Test host process crashed";
        Project("A", 1, [Passed("A.One"), Failed("A.Two", "no")], RunInfo("Error", Crash));

        await using ChildProcess summary = await SummariseAsync();

        Assert.Equal(1, summary.ExitCode);
        Assert.Contains(Crash, summary.Output, StringComparison.Ordinal);
        Assert.EndsWith("\n1 passed, 2 failed, 0 skipped", summary.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Summary_ExitCodeWithoutFailedTest_CountsAsFailed()
    {
        Project("A", 134, Passed("A.One"));

        await using ChildProcess summary = await SummariseAsync();

        Assert.Equal(1, summary.ExitCode);
        Assert.Equal("FAILED A: it broke off (exit code 134)\n1 passed, 1 failed, 0 skipped", summary.Output);
    }

    [Fact]
    public async Task Summary_NoTestRan_Fails()
    {
        Project("A", 0);

        await using ChildProcess summary = await SummariseAsync();

        Assert.Equal(1, summary.ExitCode);
        Assert.EndsWith("\n0 passed, 0 failed, 0 skipped", summary.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _results.Dispose();

    private static string Passed(string test) => $"    <UnitTestResult {Attributes(test, "Passed")} />\n";

    private static string Failed(string test, string message) =>
        WithMessage(test, "Failed", message, "<StackTrace>   at A.B()\n   at C.D()</StackTrace>")
        + RunInfo("Error", $"[xUnit.net 00:00:00.39]     {test} [FAIL]");

    private static string Skipped(string test, string reason) => WithMessage(test, "NotExecuted", reason, "");

    private static string Attributes(string test, string outcome) =>
        $"executionId=\"566c228e\" testName=\"{SecurityElement.Escape(test)}\" computerName=\"vm\" outcome=\"{outcome}\" testListId=\"8c84\"";

    private static string WithMessage(string test, string outcome, string message, string stackTrace) => $"""
            <UnitTestResult {Attributes(test, outcome)}>
              <Output>
                <ErrorInfo>
                  <Message>{SecurityElement.Escape(message)}</Message>
                  {stackTrace}
                </ErrorInfo>
              </Output>
            </UnitTestResult>

        """;

    private static string RunInfo(string outcome, string text) => $"""
              <RunInfo computerName="vm" outcome="{outcome}" timestamp="2026-01-01T00:00:00Z">
                <Text>{SecurityElement.Escape(text)}</Text>
              </RunInfo>

        """;

    private void Project(string name, int exitCode, params string[] results) => Project(name, exitCode, results, "");

    private void Project(string name, int exitCode, string[] results, string runInfo)
    {
        Directory.CreateDirectory(_results.Combine(name));
        File.WriteAllText(_results.Combine(name, "exit-code"), exitCode.ToString(CultureInfo.InvariantCulture) + "\n");
        File.WriteAllText(
            _results.Combine(name, "results.trx"),
            $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<TestRun>\n  <Results>\n{string.Concat(results)}  </Results>\n{runInfo}</TestRun>",
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
    }

    private Task<ChildProcess> SummariseAsync(bool requireAll = false) => ChildProcess.RunAsync(
        "bash",
        ["-c", "set -euo pipefail; . \"$1\"; trx_summary \"$2\"", "_", RepositoryRoot.Combine("scripts", "lib", "trx.sh"), _results.Path],
        ShellScripts.Soon,
        new Dictionary<string, string?>(StringComparer.Ordinal) { ["REQUIRE_ALL"] = requireAll ? "1" : null });
}
