using System.Diagnostics;
using System.Text;
using Collector.Sources;
using Collector.Sources.Daemon;
using Microsoft.AspNetCore.Http;

namespace Collector.Tests.Sources.Daemon;

public sealed class DaemonSourceTests : IAsyncLifetime
{
    private static readonly string[] Counters = ["fetch_count", "error_count", "liquidation_count", "restart_count"];

    private readonly SourceRoom _room = new();
    private DaemonEndpoint _endpoint = null!;

    public async Task InitializeAsync() => _endpoint = await DaemonEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    [Fact]
    public async Task Read_TheSpecifiedShape_IsOneRow()
    {
        _endpoint.Json("""
            {"running": true, "shutdown_requested": false, "fetch_count": 30, "error_count": 2, "liquidation_count": 7,
             "uptime_seconds": 3600.5, "last_fetch_time": "2026-01-02T03:04:00.123456", "last_error": "HTTP 429",
             "symbols": ["BTC", "ETH"], "exchanges": ["binance"], "memory_bytes": 4096, "cpu_percent": 1.5, "restart_count": 4, "more": {}}
            """);
        using DaemonSource source = Source();

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Null(error);
        WrittenRow row = Assert.Single(rows);
        Assert.Equal(WatchedClock.Began, row.Time);
        Assert.Equal(
            """
            cpu_percent=1.5
            daemon=oi
            env=test
            error_count=2
            fetch_count=30
            host=machine
            last_error=HTTP 429
            last_fetch_at=1767323040123456
            liquidation_count=7
            memory_bytes=4096
            restart_count=4
            running=true
            state=running
            uptime_seconds=3600.5
            """,
            Shown(row));
    }

    [Fact]
    public async Task Read_MappedFields_AreFoundByTheirPointers()
    {
        _endpoint.Json("""{"alive": true, "stats": {"fetches": [11, 12]}, "a/b": {"~": 5}, "fetch_count": 99}""");
        using DaemonSource source = Source(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["running"] = "/alive",
            ["fetch_count"] = "/stats/fetches/1",
            ["error_count"] = "/a~1b/~0",
        });

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Null(error);
        Assert.Equal(("running", "12", "5"), (rows[0]["state"], rows[0]["fetch_count"], rows[0]["error_count"]));
    }

    [Fact]
    public async Task Read_FieldsMissingOrNull_AreLeftOut()
    {
        _endpoint.Json("""{"running": true, "fetch_count": null, "last_fetch_time": null, "last_error": null}""");
        using DaemonSource source = Source();

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Null(error);
        Assert.Equal("daemon=oi\nenv=test\nhost=machine\nrestart_count=0\nrunning=true\nstate=running", Shown(Assert.Single(rows)));
    }

    [Theory]
    [InlineData("\"fetch_count\": \"12\"", "fetch_count is \"12\", not a whole number from 0")]
    [InlineData("\"fetch_count\": -1", "fetch_count is -1, not a whole number from 0")]
    [InlineData("\"fetch_count\": 1.5", "fetch_count is 1.5, not a whole number from 0")]
    [InlineData("\"fetch_count\": 9223372036854775808", "fetch_count is 9223372036854775808, not a whole number from 0")]
    [InlineData("\"uptime_seconds\": [1]", "uptime_seconds is [1], not a number")]
    [InlineData("\"uptime_seconds\": 1e999", "uptime_seconds is 1e999, not a number")]
    [InlineData("\"last_fetch_time\": 1700000000", "last_fetch_time is 1700000000, not a time as ISO 8601")]
    [InlineData("\"last_fetch_time\": \"12:00\"", "last_fetch_time is \"12:00\", not a time as ISO 8601")]
    [InlineData("\"last_error\": {\"code\": 5}", "last_error is {\"code\": 5}, not text")]
    [InlineData("\"last_error\": \"\\ud800\"", "last_error is \"\\ud800\", not text")]
    [InlineData("\"restart_count\": true", "restart_count is true, not a whole number from 0")]
    public async Task Read_FieldOfAnotherType_IsLeftOutAndNamed(string field, string problem)
    {
        _endpoint.Json($$"""{"running": true, "liquidation_count": 3, {{field}}}""");
        using DaemonSource source = Source();

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        WrittenRow row = Assert.Single(rows);
        Assert.Equal(("running", "3"), (row["state"], row["liquidation_count"]));
        Assert.DoesNotContain(field.Split('"')[1].Replace("_time", "_at", StringComparison.Ordinal), row.Values.Keys, StringComparer.Ordinal);
        Assert.Equal((SourceError.Format, $"{_endpoint.Url} answers with {problem}"), (error?.Error, error?.Message));
    }

    [Theory]
    [InlineData("{}", "no field running")]
    [InlineData("""{"running": null}""", "no field running")]
    [InlineData("""{"running": "perhaps"}""", "running is \"perhaps\", not true or false")]
    [InlineData("""{"running": 2}""", "running is 2, not true or false")]
    [InlineData("""{"running": []}""", "running is [], not true or false")]
    public async Task Read_DoesNotSayWhetherItRuns_IsUnknown(string body, string problem)
    {
        using DaemonSource source = Source();
        _endpoint.Json("""{"running": true, "fetch_count": 5}""");
        await _room.ReadAsync(source);
        _room.Clock.Advance(TimeSpan.FromSeconds(30));
        _endpoint.Json(body.Replace("}", body.Length > 2 ? ", \"fetch_count\": 6}" : "\"fetch_count\": 6}", StringComparison.Ordinal));

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        WrittenRow row = Assert.Single(rows);
        Assert.Equal(("false", "unknown", "30", "6", "1"), (row["running"], row["state"], row["downtime_seconds"], row["fetch_count"], row["fetch_count_delta"]));
        Assert.Contains(problem, error?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"running": false}""")]
    [InlineData("""{"running": true, "shutdown_requested": true}""")]
    [InlineData("""{"shutdown_requested": true}""")]
    public async Task Read_StoppedOrToldToStop_IsStopped(string body)
    {
        using DaemonSource source = Source();
        _endpoint.Json("""{"running": true, "shutdown_requested": false}""");
        await _room.ReadAsync(source);
        _room.Clock.Advance(TimeSpan.FromSeconds(30));
        _endpoint.Json(body);

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Null(error);
        Assert.Equal(("false", "stopped", "30"), (rows[0]["running"], rows[0]["state"], rows[0]["downtime_seconds"]));
    }

    [Fact]
    public async Task Read_NeverSeenRunning_GivesNoDowntime()
    {
        _endpoint.Json("""{"running": false}""");
        using DaemonSource source = Source();

        Assert.Null((await _room.ReadAsync(source)).Rows[0]["downtime_seconds"]);
    }

    public static TheoryData<string, string> BadAnswers => new()
    {
        { "malformed", "Format" }, { "array", "Format" }, { "empty", "Format" }, { "html", "Format" }, { "utf16", "Format" }, { "huge", "Format" },
        { "500", "Status" }, { "204", "Format" }, { "loop", "Status" }, { "broken off", "Unreachable" }, { "aborted", "Unreachable" },
    };

    [Theory]
    [MemberData(nameof(BadAnswers))]
    public async Task Read_NoUsableAnswer_IsUnreachableWithItsDowntimeAndNoCounters(string kind, string reason)
    {
        using DaemonSource source = Source();
        _endpoint.Json("""{"running": true, "fetch_count": 5, "error_count": 1, "uptime_seconds": 100, "memory_bytes": 5}""");
        await _room.ReadAsync(source);
        _room.Clock.Advance(TimeSpan.FromSeconds(45));
        _endpoint.Answer = context => BadAnswerAsync(kind, context);

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Equal("daemon=oi\ndowntime_seconds=45\nenv=test\nhost=machine\nrunning=false\nstate=unreachable", Shown(Assert.Single(rows)));
        Assert.Equal(reason, error?.Error.ToString());
        Assert.StartsWith(_endpoint.Url.ToString(), error?.Message, StringComparison.Ordinal);
        Assert.InRange(_endpoint.Requests, 2, 8); // a loop of redirects is left after five

        _endpoint.Json("""{"running": true, "fetch_count": 9}""");
        (rows, error) = await _room.ReadAsync(source);
        Assert.Null(error);
        Assert.Equal(("running", null, "4"), (rows[0]["state"], rows[0]["downtime_seconds"], rows[0]["fetch_count_delta"]));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/octet-stream")]
    public async Task Read_JsonUnderAnotherContentType_IsReadNonetheless(string contentType)
    {
        _endpoint.Json("""{"running": true, "fetch_count": 5}""", contentType);
        using DaemonSource source = Source();

        Assert.Equal("running", Assert.Single((await _room.ReadAsync(source)).Rows)["state"]);
    }

    [Fact]
    public async Task Read_CertificateThatNobodyVouchesFor_IsUnreachable()
    {
        await using DaemonEndpoint secured = await DaemonEndpoint.StartAsync(isSecure: true);
        secured.Json("""{"running": true}""");
        using DaemonSource source = Source(url: secured.Url);

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Equal(("https", "unreachable"), (secured.Url.Scheme, Assert.Single(rows)["state"]));
        Assert.Equal(SourceError.Unreachable, error?.Error);
        Assert.Contains("certificate", error?.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, secured.Requests);
    }

    [Fact]
    public async Task Read_TlsWhereThereIsNone_IsUnreachable()
    {
        _endpoint.Json("""{"running": true}""");
        using DaemonSource source = Source(url: new UriBuilder(_endpoint.Url) { Scheme = "https" }.Uri);

        Assert.Equal(SourceError.Unreachable, (await _room.ReadAsync(source)).Error?.Error);
    }

    [Fact]
    public async Task Read_CounterGoesBackwards_CountsFromZero()
    {
        using DaemonSource source = Source();
        var increases = new List<string?>();
        foreach (long count in (long[])[100, 130, 20, 25])
        {
            _endpoint.Json($$"""{"running": true, "fetch_count": {{count}}}""");
            increases.Add((await _room.ReadAsync(source)).Rows[0]["fetch_count_delta"]);
        }

        Assert.Equal([null, "30", "20", "5"], increases);
    }

    [Theory]
    [InlineData(26)]
    [InlineData(-26)]
    public async Task Read_ClockIsSet_DatesTheRowByItAndClaimsNoRestart(double hours)
    {
        using DaemonSource source = Source();
        await RestartsAsync(source, 1000);
        _room.Clock.Jump(TimeSpan.FromHours(hours));
        _room.Clock.Advance(TimeSpan.FromSeconds(10));
        _endpoint.Json("""{"running": true, "uptime_seconds": 1020}""");

        WrittenRow row = Assert.Single((await _room.ReadAsync(source)).Rows);

        Assert.Equal(("0", _room.Clock.GetUtcNow()), (row["restart_count"], row.Time));
        _endpoint.Json("""{"running": false}""");
        _room.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("5", (await _room.ReadAsync(source)).Rows[0]["downtime_seconds"]);
    }

    [Fact]
    public async Task Read_UnreachableForLong_TellsADowntimeThatGrowsOverTheCollectorsOwnRestart()
    {
        DaemonSource source = Source();
        _endpoint.Json("""{"running": true, "fetch_count": 5}""");
        await _room.ReadAsync(source);
        _endpoint.Answer = context => BadAnswerAsync("500", context);
        var downtimes = new List<string?>();
        for (int i = 0; i < 4; i++)
        {
            if (i == 2)
            {
                source.Dispose();
                source = Source();
            }

            _room.Clock.Advance(TimeSpan.FromSeconds(10));
            WrittenRow row = Assert.Single((await _room.ReadAsync(source)).Rows);
            downtimes.Add(row["downtime_seconds"]);
            Assert.DoesNotContain(row.Values.Keys, key => Counters.Contains(key.Replace("_delta", "", StringComparison.Ordinal)));
        }

        source.Dispose();
        Assert.Equal(["10", "20", "30", "40"], downtimes);
    }

    [Fact]
    public void Names_Series_AreItsOwn()
    {
        using DaemonSource source = Source();

        Assert.True(source.Names(SourceRoom.Tables["daemon_metrics"], ["oi", "machine", "test"]));
        Assert.False(source.Names(SourceRoom.Tables["daemon_metrics"], ["oi", "machine", "prod"]));
        Assert.False(source.Names(SourceRoom.Tables["daemon_metrics"], ["oi", "elsewhere", "test"]));
    }

    [Fact]
    public async Task Read_NobodyListens_IsUnreachable()
    {
        using DaemonSource source = Source();
        await _endpoint.StopAsync();

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Equal("daemon=oi\nenv=test\nhost=machine\nrunning=false\nstate=unreachable", Shown(Assert.Single(rows)));
        Assert.Equal(SourceError.Unreachable, error?.Error);
        Assert.DoesNotContain(rows[0].Values.Keys, Counters.Contains);
    }

    [Fact]
    public async Task Read_EndpointHangs_IsUnreachableOnceTheTimeIsUp()
    {
        var asked = new TaskCompletionSource();
        _endpoint.Answer = async context =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, _room.Clock, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        using DaemonSource source = Source();
        using var timeout = new CancellationTokenSource();
        var reading = new Reading("daemon/test", _room.Clock, new Collector.Lines.CounterBaselines());
        Task read = source.ReadAsync(reading, timeout.Token);
        await asked.Task;

        await timeout.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        var sink = new RecordedSink();
        await reading.HandOverAsync(sink, TimeSpan.Zero, CancellationToken.None);
        Assert.Equal("unreachable", Assert.Single(sink.Rows)["state"]);
    }

    [Fact]
    public async Task Read_SecretInTheAddress_IsNotTold()
    {
        _endpoint.Json("{}");
        using DaemonSource source = Source(url: new UriBuilder(_endpoint.Url) { UserName = "user", Password = "sesame", Query = "token=sesame" }.Uri);
        SourceException? problem = (await _room.ReadAsync(source)).Error;
        await _endpoint.StopAsync();
        SourceException? gone = (await _room.ReadAsync(source)).Error;

        Assert.DoesNotContain("sesame", problem?.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", gone?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_LongErrorText_IsCutAndTheRowStays()
    {
        _endpoint.Json($$"""{"running": true, "last_error": "{{new string('x', 4095)}}😀{{new string('y', 100_000)}}"}""");
        using DaemonSource source = Source();

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Null(error);
        Assert.Equal(new string('x', 4095) + "…", rows[0]["last_error"]);
    }

    [Fact]
    public async Task Read_UptimeFell_IsARestartThatIsRememberedOverTheCollectorsOwn()
    {
        using DaemonSource source = Source();
        Assert.Equal("0", await RestartsAsync(source, 100));
        Assert.Equal("0", await RestartsAsync(source, 110));
        Assert.Equal("1", await RestartsAsync(source, 3));

        using DaemonSource next = Source();
        Assert.Equal("1", await RestartsAsync(next, 13));
        Assert.Equal("2", await RestartsAsync(next, 1));
    }

    [Fact]
    public async Task Read_RestartedUnseen_IsToldByAnUptimeShorterThanTheTimeInBetween()
    {
        using DaemonSource source = Source();
        await RestartsAsync(source, 5);
        _room.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("1", await RestartsAsync(source, 60));

        // The same while the collector itself was away.
        _room.Clock.Advance(TimeSpan.FromMinutes(10));
        using DaemonSource next = Source();
        Assert.Equal("2", await RestartsAsync(next, 90));
    }

    [Fact]
    public async Task Read_UptimeStandsStillOrIsRounded_IsNoRestart()
    {
        using DaemonSource source = Source();
        foreach (double uptime in (double[])[5, 5, 5, 34, 45])
        {
            Assert.Equal("0", await RestartsAsync(source, uptime));
        }
    }

    [Fact]
    public async Task Read_ErrorCountGrows_IsWhenTheLastErrorWas()
    {
        using DaemonSource source = Source();
        Assert.Null(await LastErrorAsync(source, 3));
        Assert.Null(await LastErrorAsync(source, 3));
        Assert.Equal(20, await LastErrorAsync(source, 4));
        Assert.Equal(20, await LastErrorAsync(source, 4));

        using DaemonSource next = Source();
        Assert.Equal(20, await LastErrorAsync(next, 4));
        Assert.Equal(20, await LastErrorAsync(next, 0)); // began anew, without an error so far
        Assert.Equal(60, await LastErrorAsync(next, 1));
        Assert.Equal(70, await LastErrorAsync(next, 5));
        Assert.Equal(80, await LastErrorAsync(next, 2)); // began anew, and has had two since
    }

    [SkippableFact]
    public async Task Read_PidOfARealProcess_ReadsItAndNoticesItsSuccessor()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "starts a process called sleep");
        using DaemonSource source = Source();
        string? firstMemory;
        using (var first = Process.Start("sleep", "600"))
        {
            _endpoint.Json($$"""{"running": true, "pid": {{first.Id}}}""");
            WrittenRow row = (await _room.ReadAsync(source)).Rows[0];
            firstMemory = row["memory_bytes"];
            Assert.True(row.Number("memory_bytes") > 0);
            Assert.Equal("1", row["thread_count"]);
            Assert.True(row.Number("open_files") >= 0);
            Assert.Null(row["cpu_percent"]); // there is nothing to compare with yet

            _room.Clock.Advance(TimeSpan.FromSeconds(10));
            row = (await _room.ReadAsync(source)).Rows[0];
            Assert.InRange(row.Number("cpu_percent"), 0, 100);
            Assert.Equal("0", row["restart_count"]);

            first.Kill();
            await first.WaitForExitAsync();
        }

        // The page still names the dead process: nothing is told of it.
        WrittenRow gone = (await _room.ReadAsync(source)).Rows[0];
        Assert.Null(gone["memory_bytes"]);
        Assert.Null(gone["thread_count"]);
        Assert.NotNull(firstMemory);

        using var second = Process.Start("sleep", "600");
        try
        {
            _endpoint.Json($$"""{"running": true, "pid": {{second.Id}}}""");
            WrittenRow row = (await _room.ReadAsync(source)).Rows[0];
            Assert.Equal(("1", "1"), (row["restart_count"], row["restart_count_delta"]));
            Assert.Null(row["cpu_percent"]);

            using DaemonSource next = Source();
            Assert.Equal("1", (await _room.ReadAsync(next)).Rows[0]["restart_count"]);
        }
        finally
        {
            second.Kill();
        }
    }

    [Fact]
    public async Task Read_ProcessNotToBeRead_IsLeftAlone()
    {
        _endpoint.Json($$"""{"running": true, "pid": {{Environment.ProcessId}}}""");
        using var source = new DaemonSource(new DaemonOptions { Url = _endpoint.Url, ReadProcess = false }, _room.Context("daemon/oi"));

        Assert.Null((await _room.ReadAsync(source)).Rows[0]["memory_bytes"]);
    }

    [Fact]
    public void Check_FieldsOfOtherNamesOrNoPointers_AreFaults()
    {
        var options = new DaemonOptions
        {
            Url = _endpoint.Url,
            Fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["fetches"] = "/f", ["running"] = "alive", ["pid"] = "/p" },
        };

        Assert.Equal(["fields.fetches", "fields.running"], options.Check().Select(fault => fault.Key));
    }

    private DaemonSource Source(Dictionary<string, string>? fields = null, Uri? url = null)
    {
        var options = new DaemonOptions { Url = url ?? _endpoint.Url };
        return new DaemonSource(fields is null ? options : options with { Fields = fields }, _room.Context("daemon/oi"));
    }

    private async Task<string?> RestartsAsync(DaemonSource source, double uptime)
    {
        _room.Clock.Advance(TimeSpan.FromSeconds(10));
        _endpoint.Json($$"""{"running": true, "uptime_seconds": {{uptime}}}""");
        return (await _room.ReadAsync(source)).Rows[0]["restart_count"];
    }

    /// <summary>Seconds from the start to the last error, read 10 s after the reading before.</summary>
    private async Task<double?> LastErrorAsync(DaemonSource source, long errors)
    {
        _endpoint.Json($$"""{"running": true, "error_count": {{errors}}}""");
        WrittenRow row = (await _room.ReadAsync(source)).Rows[0];
        _room.Clock.Advance(TimeSpan.FromSeconds(10));
        return row["last_error_at"] is { } micros ? (DateTimeOffset.UnixEpoch.AddMicroseconds(long.Parse(micros)) - WatchedClock.Began).TotalSeconds : null;
    }

    private static async Task BadAnswerAsync(string kind, HttpContext context)
    {
        HttpResponse response = context.Response;
        switch (kind)
        {
            case "malformed":
                await response.WriteAsync("{\"running\": tr");
                break;
            case "array":
                await response.WriteAsync("[{\"running\": true}]");
                break;
            case "html":
                response.ContentType = "text/html";
                await response.WriteAsync("<html>running: true</html>");
                break;
            case "utf16":
                await response.Body.WriteAsync(Encoding.Unicode.GetBytes("\uFEFF{\"running\": true}"));
                break;
            case "huge":
                await response.WriteAsync("{\"running\": true, \"x\": \"" + new string('x', 2 << 20) + "\"}");
                break;
            case "500":
                response.StatusCode = 500;
                await response.WriteAsync("{\"running\": true}");
                break;
            case "204":
                response.StatusCode = 204;
                break;
            case "loop":
                response.Redirect("/status");
                break;
            case "broken off":
                response.ContentLength = 100;
                await response.WriteAsync("{\"running\": true");
                await response.Body.FlushAsync();
                context.Abort();
                break;
            case "aborted":
                context.Abort();
                break;
        }
    }

    private static string Shown(WrittenRow row) => string.Join('\n', row.Values.OrderBy(value => value.Key, StringComparer.Ordinal).Select(value => $"{value.Key}={value.Value}"));
}
