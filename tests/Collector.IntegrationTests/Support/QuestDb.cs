using System.Diagnostics;

namespace Collector.IntegrationTests.Support;

/// <summary>
/// Which QuestDB tests can have: <code>Skip.IfNot(QuestDb.Available(out string reason), reason);</code>
/// </summary>
public static class QuestDb
{
    private static readonly Lazy<(bool Available, string Reason)> Startable = new(AskScript);

    /// <summary>The server that <c>QUESTDB_URL</c> names, if any.</summary>
    public static Uri? GivenUrl =>
        Environment.GetEnvironmentVariable("QUESTDB_URL") is { Length: > 0 } url ? new Uri(url) : null;

    /// <summary>There is one to write to and to ask: given, or startable from a jar or with Docker.</summary>
    public static bool Available(out string reason)
    {
        (bool startable, reason) = Startable.Value;
        return GivenUrl is not null || startable;
    }

    /// <summary>One of the test's own can be had, to be stopped, killed and frozen: signals reach only one from a jar.</summary>
    public static bool OwnAvailable(out string reason)
    {
        (bool startable, reason) = Startable.Value;
        if (!startable || reason.StartsWith("jar ", StringComparison.Ordinal))
        {
            return startable;
        }

        reason = "a QuestDB from a jar is needed, whose process takes signals: set QUESTDB_JAR";
        return false;
    }

    private static (bool, string) AskScript()
    {
        using Process script = Process.Start(
            new ProcessStartInfo("bash", [QuestDbServer.Script, "--check"])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        string reason = script.StandardOutput.ReadToEnd() + script.StandardError.ReadToEnd();
        script.WaitForExit();
        return (script.ExitCode == 0, reason.Trim());
    }
}
