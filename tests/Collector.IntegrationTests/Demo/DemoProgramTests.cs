using System.Globalization;
using System.Text.Json;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Demo;

public sealed class DemoProgramTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Status_WhileItRuns_HasTheFieldsAndGrows()
    {
        int port = FreePort.Next();
        var page = new Uri($"http://127.0.0.1:{port}/status");
        await using ChildProcess demo =
            ChildProcess.StartProgram("demo", "demo", ["--port", $"{port}", "--seed", "5", "--speed", "3600"]);
        await demo.WaitForHttpAsync(page, Soon);
        using var http = new HttpClient();

        JsonElement first = await ReadAsync(http, page);

        Assert.Equal(
            [
                "running", "shutdown_requested", "fetch_count", "error_count", "liquidation_count", "uptime_seconds",
                "last_fetch_time", "last_error", "symbols", "exchanges", "pid",
            ],
            first.EnumerateObject().Select(field => field.Name),
            StringComparer.Ordinal);
        Assert.True(first.GetProperty("running").GetBoolean());
        Assert.False(first.GetProperty("shutdown_requested").GetBoolean());
        Assert.Equal(demo.Id, first.GetProperty("pid").GetInt32());
        Assert.Equal(
            ["BTCUSDT", "ETHUSDT"],
            first.GetProperty("symbols").EnumerateArray().Select(symbol => symbol.GetString()),
            StringComparer.Ordinal);
        Assert.NotEmpty(first.GetProperty("exchanges").EnumerateArray());

        JsonElement later = await UntilAsync(http, page, report =>
            Count(report, "fetch_count") > Count(first, "fetch_count")
            && Count(report, "liquidation_count") > Count(first, "liquidation_count")
            && Count(report, "error_count") > 0);
        Assert.True(later.GetProperty("uptime_seconds").GetDouble() > first.GetProperty("uptime_seconds").GetDouble());
        Assert.NotEmpty(later.GetProperty("last_error").GetString()!);
        string fetched = later.GetProperty("last_fetch_time").GetString()!;
        Assert.EndsWith("Z", fetched, StringComparison.Ordinal);
        Assert.True(DateTimeOffset.TryParse(fetched, CultureInfo.InvariantCulture, DateTimeStyles.None, out _));

        Assert.Equal(0, await demo.TerminateAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task Start_PortTaken_SaysSo()
    {
        int port = FreePort.Next();
        await using ChildProcess first = ChildProcess.StartProgram("demo", "demo", ["--port", $"{port}"]);
        await first.WaitForHttpAsync(new Uri($"http://127.0.0.1:{port}/status"), Soon);

        await using ChildProcess second = ChildProcess.StartProgram("demo", "demo", ["--port", $"{port}"]);

        Assert.Equal(1, await second.WaitForExitAsync(Soon));
        Assert.Contains("address already in use", second.ErrorOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_UnknownOption_ShowsTheUsage()
    {
        await using ChildProcess demo = ChildProcess.StartProgram("demo", "demo", ["--colour", "red"]);

        Assert.Equal(2, await demo.WaitForExitAsync(Soon));
        Assert.Contains("Usage: demo", demo.ErrorOutput, StringComparison.Ordinal);
    }

    private static long Count(JsonElement report, string name) => report.GetProperty(name).GetInt64();

    private static async Task<JsonElement> ReadAsync(HttpClient http, Uri page) =>
        JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync(page));

    private static async Task<JsonElement> UntilAsync(HttpClient http, Uri page, Func<JsonElement, bool> enough)
    {
        using var deadline = new CancellationTokenSource(Soon);
        while (true)
        {
            JsonElement report = await ReadAsync(http, page);
            if (enough(report))
                return report;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, deadline.Token);
        }
    }
}
