using System.Diagnostics;
using Collector.Web.Exposition;

namespace Collector.Tests.Web.Exposition;

public sealed class PromtoolTests
{
    private const string Promtool = "/usr/bin/promtool";

    [SkippableFact]
    public async Task CheckMetrics_PopulatedPage_FindsNothing()
    {
        Skip.IfNot(File.Exists(Promtool), $"{Promtool} is not installed (Debian: prometheus)");
        using ExpositionRoom room = ScrapeRendererTests.Populated();
        ProcessInstruments.Register(room.Meter);

        (int code, string said) = await Check(room.Render());

        Assert.Equal("", said);
        Assert.Equal(0, code);
    }

    [SkippableFact]
    public async Task CheckMetrics_BrokenPage_IsTold()
    {
        Skip.IfNot(File.Exists(Promtool), $"{Promtool} is not installed (Debian: prometheus)");

        (int code, _) = await Check("# TYPE a gauge\na{k=\"\n\"} 1\n");

        Assert.NotEqual(0, code);
    }

    private static async Task<(int Code, string Said)> Check(string page)
    {
        using Process process = Process.Start(new ProcessStartInfo(Promtool, "check metrics")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(page);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
