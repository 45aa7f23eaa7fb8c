using System.Globalization;
using System.Net;
using System.Text.Json;
using Collector.IntegrationTests.Scripts;
using Collector.IntegrationTests.Support;
using Demo;
using Microsoft.AspNetCore.Builder;

namespace Collector.IntegrationTests.Demo;

public sealed class DemoProgramTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Status_WhileItRuns_HasTheFieldsAndGrows()
    {
        int port = FreePort.Next();
        await using var demo =
            ChildProcess.StartProgram("demo", "demo", ["--port", $"{port}", "--seed", "5", "--speed", "3600"]);
        Uri fetcher = At(port, "daemons/oi-fetcher/status"), streamer = At(port, "daemons/liquidation-streamer/status");
        await demo.WaitForHttpAsync(fetcher, Soon);
        using var http = new HttpClient();

        JsonElement first = await ReadAsync(http, fetcher);

        Assert.Equal(
            [
                "running", "shutdown_requested", "fetch_count", "error_count", "liquidation_count", "uptime_seconds",
                "last_fetch_time", "last_error", "symbols", "exchanges", "pid", "memory_bytes", "pipeline",
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
        Assert.Equal(4, first.GetProperty("exchanges").GetArrayLength());

        JsonElement later = await UntilAsync(http, fetcher, report => Count(report, "fetch_count") > Count(first, "fetch_count") && Count(report, "error_count") > 0);
        Assert.True(later.GetProperty("uptime_seconds").GetDouble() > first.GetProperty("uptime_seconds").GetDouble());
        Assert.NotEmpty(later.GetProperty("last_error").GetString()!);
        AssertTime(later.GetProperty("last_fetch_time"));
        JsonElement oi = later.GetProperty("pipeline").GetProperty("exchanges").GetProperty("binance").GetProperty("oi");
        Assert.Equal(["count", "bytes", "latency_ms", "symbols"], oi.EnumerateObject().Select(field => field.Name));
        JsonElement symbol = oi.GetProperty("symbols")[0];
        Assert.Equal(["symbol", "count", "bytes", "latency_ms", "last_at"], symbol.EnumerateObject().Select(field => field.Name));
        AssertTime(symbol.GetProperty("last_at"));

        await UntilAsync(http, streamer, report => Count(report, "liquidation_count") > 0 && Count(report, "fetch_count") == 0);
        Assert.Equal(0, await demo.TerminateAsync(TimeSpan.FromSeconds(5)));
    }

    [SkippableFact]
    public async Task Pages_AllNamed_AreThere()
    {
        int port = FreePort.Next();
        await using var demo = ChildProcess.StartProgram("demo", "demo", ["--port", $"{port}"]);
        await demo.WaitForHttpAsync(At(port, "status"), Soon);
        using var http = new HttpClient();

        Assert.Contains("/strategies", await http.GetStringAsync(At(port, "")), StringComparison.Ordinal);
        JsonElement strategies = await ReadAsync(http, At(port, "strategies"));
        Assert.Equal(["momentum-btc", "maker-eth", "basis-btc"], strategies.EnumerateObject().Select(strategy => strategy.Name));
        string[] all = ["symbol", "venue", "pnl", "unrealized_pnl", "position_size", "orders_placed", "orders_filled", "exposure", "drawdown", "open_orders", "equity"];
        Assert.Equal(all, Fields(strategies, "momentum-btc"));
        Assert.Equal(all.Except(["drawdown"]), Fields(strategies, "maker-eth"));
        Assert.Equal(all.Except(["drawdown", "equity"]), Fields(strategies, "basis-btc"));
        using HttpResponseMessage time = await http.GetAsync(At(port, "exchanges/binance/time"));
        Assert.Contains("serverTime", await time.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.InRange(int.Parse(time.Headers.GetValues("x-mbx-used-weight-1m").Single()), 300, 900);

        Skip.IfNot(ShellScripts.Has("promtool"), "promtool is not installed");
        await using ChildProcess lint = await ChildProcess.RunAsync("/bin/sh", ["-c", $"curl -s {At(port, "metrics")} | promtool check metrics"], Soon);
        Assert.Equal((0, ""), (lint.ExitCode, lint.Output));
    }

    [Fact]
    public async Task Faults_BegunAndEnded_AreListedAndSeen()
    {
        int port = FreePort.Next();
        await using var demo = ChildProcess.StartProgram("demo", "demo", ["--port", $"{port}"]);
        await demo.WaitForHttpAsync(At(port, "status"), Soon);
        using var http = new HttpClient();

        using HttpResponseMessage begun = await http.PostAsync(At(port, "faults/daemon-down?name=oi-fetcher"), null);
        Assert.Equal(HttpStatusCode.Created, begun.StatusCode);
        JsonElement active = (await ReadAsync(http, At(port, "faults"))).GetProperty("active");
        Assert.Equal(["daemon-down oi-fetcher"], active.EnumerateArray().Select(fault => $"{fault.GetProperty("fault")} {fault.GetProperty("name")}"));

        // It is gone without an answer, and its neighbour stays.
        await UntilAsync(() => IsGoneAsync(http, At(port, "status")));
        await ReadAsync(http, At(port, "daemons/liquidation-streamer/status"));

        using HttpResponseMessage ended = await http.DeleteAsync(At(port, "faults/daemon-down?name=oi-fetcher"));
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        await demo.WaitForHttpAsync(At(port, "status"), Soon);
        Assert.Equal(0, (await ReadAsync(http, At(port, "faults"))).GetProperty("active").GetArrayLength());
    }

    [Theory]
    [InlineData("POST", "faults/tea", 404, "There is no fault 'tea'; there are daemon-down, ")]
    [InlineData("POST", "faults/daemon-down?name=okx", 404, "daemon-down cannot strike 'okx'; it can strike oi-fetcher, liquidation-streamer.")]
    [InlineData("POST", "faults/pipeline-gap?name=okx/DOGE", 404, "or one series, such as binance/BTCUSDT/oi.")]
    [InlineData("POST", "faults/daemon-down?for=60", 400, "'60' is no duration of 1 ms to 24 h; write for=60s")]
    [InlineData("DELETE", "faults/daemon-down", 404, "There is no daemon-down to end; GET /faults lists what there is.")]
    public async Task Faults_NoSense_IsToldInWords(string method, string path, int status, string words)
    {
        await using WebApplication app = DemoApp.Build(new DemoOptions { Port = 0 }, TimeProvider.System);
        await app.StartAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{app.Urls.Single()}/{path}");

        using HttpResponseMessage answer = await http.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(words, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await app.StopAsync();
    }

    [Fact]
    public async Task Start_CatalogCannotBeWritten_EndsWithTheReason()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Combine("taken");
        await File.WriteAllTextAsync(file, "");

        await using var demo = ChildProcess.StartProgram("demo", "demo", ["--port", "0", "--catalog", file]);

        Assert.Equal(1, await demo.WaitForExitAsync(Soon));
        Assert.Contains("demo: cannot write the catalog: ", demo.ErrorOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PortTaken_SaysSo()
    {
        int port = FreePort.Next();
        await using var first = ChildProcess.StartProgram("demo", "demo", ["--port", $"{port}"]);
        await first.WaitForHttpAsync(new Uri($"http://127.0.0.1:{port}/status"), Soon);

        await using var second = ChildProcess.StartProgram("demo", "demo", ["--port", $"{port}"]);

        Assert.Equal(1, await second.WaitForExitAsync(Soon));
        Assert.Contains("address already in use", second.ErrorOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_UnknownOption_ShowsTheUsage()
    {
        await using var demo = ChildProcess.StartProgram("demo", "demo", ["--colour", "red"]);

        Assert.Equal(2, await demo.WaitForExitAsync(Soon));
        Assert.Contains("'--colour'", demo.ErrorOutput, StringComparison.Ordinal);
        Assert.Matches(@"Usage:\s+demo \[options\]", demo.ErrorOutput);
    }

    [Fact]
    public async Task Help_IsShown_WithOptionsPagesFaultsAndExitCodes()
    {
        await using var demo = ChildProcess.StartProgram("demo", "demo", ["--help"]);

        Assert.Equal(0, await demo.WaitForExitAsync(Soon));
        Assert.All(
            ["--port", "--seed", "--speed", "--catalog", "--push", "--faults", "[default: 9470]", "/strategies", "/faults/daemon-down", "Exit codes: 0 "],
            word => Assert.Contains(word, demo.Output, StringComparison.Ordinal));
    }

    private static Uri At(int port, string path) => new($"http://127.0.0.1:{port}/{path}");

    private static long Count(JsonElement report, string name) => report.GetProperty(name).GetInt64();

    private static IEnumerable<string> Fields(JsonElement page, string name) => page.GetProperty(name).EnumerateObject().Select(field => field.Name);

    private static void AssertTime(JsonElement time)
    {
        Assert.EndsWith("Z", time.GetString(), StringComparison.Ordinal);
        Assert.True(DateTimeOffset.TryParse(time.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
    }

    private static async Task<JsonElement> ReadAsync(HttpClient http, Uri page) =>
        JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync(page));

    private static async Task<bool> IsGoneAsync(HttpClient http, Uri page)
    {
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(page);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return false;
        }
        catch (HttpRequestException)
        {
            return true;
        }
    }

    private static async Task<JsonElement> UntilAsync(HttpClient http, Uri page, Func<JsonElement, bool> enough)
    {
        JsonElement report = default;
        await UntilAsync(async () => enough(report = await ReadAsync(http, page)));
        return report;
    }

    private static async Task UntilAsync(Func<Task<bool>> enough)
    {
        using var deadline = new CancellationTokenSource(Soon);
        while (!await enough())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, deadline.Token);
        }
    }
}
