using System.Text;
using Collector.Settings;
using Collector.Sources;
using Collector.Sources.Daemon;

namespace Collector.Tests.Sources.Daemon;

/// <summary>Status pages as the world writes them: what cannot be read costs its value, never the page.</summary>
public sealed class DaemonPageTests : IAsyncLifetime
{
    private readonly SourceRoom _room = new();
    private DaemonEndpoint _endpoint = null!;

    public async Task InitializeAsync() => _endpoint = await DaemonEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    [Theory]
    [InlineData("""{"running": true, "fetch_count": 77, "error_count": 0, "progress": {"eta_seconds": Infinity}}""")]
    [InlineData("\uFEFF{\"running\": true, \"fetch_count\": 77}")]
    [InlineData("""{"running": true, "fetch_count": 77.0, "memory_bytes": 6.5536e+07}""")]
    [InlineData("""{"running": true, "fetch_count": 7.7e1, "x": 1e400, "y": [1,,], /* "running": false */ }""", false)]
    [InlineData("""{"running": true, "fetch_count": 77, "x": 1e400, "y": [1, ], /* "running": false */ } // done""")]
    [InlineData("""{"running": false, "running": true, "fetch_count": 1, "fetch_count": 77}""")]
    [InlineData("""{"\ud800": 1, "running": true, "fetch_count": 77, "x": "\udc00"}""")]
    [InlineData("""{"running": true, "fetch_count": 77, "x": tru, "y": 007}""")]
    [InlineData("{\"running\": true, \"fetch_count\": 77, \"trace\": \"a\nb\tc \\x\"}")]
    public async Task Read_PageWithOddities_IsRead(string body, bool isRead = true)
    {
        _endpoint.Json(body);
        using DaemonSource source = Source();

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Equal(isRead ? ("running", "77") : ("unreachable", null), (Assert.Single(rows)["state"], rows[0]["fetch_count"]));
        Assert.Equal(isRead, error is null);
    }

    [Fact]
    public async Task Read_DeeplyNested_IsRead()
    {
        const int Deep = 100_000;
        _endpoint.Json($$"""{"tree": {{new string('[', Deep)}}{{new string(']', Deep)}}, "running": true, "fetch_count": 77}""");
        using DaemonSource source = Source();

        Assert.Equal("77", (await _room.TakeAsync(source)).Rows[0]["fetch_count"]);
    }

    [Fact]
    public async Task Read_NumbersThatAreNone_AreLeftOutCountedAndNamed()
    {
        _endpoint.Json("""{"running": true, "fetch_count": NaN, "cpu_percent": Infinity, "uptime_seconds": -inf, "error_count": 3, "restart_count": nan}""");
        using DaemonSource source = Source();

        (IReadOnlyList<WrittenRow> rows, Reading reading) = await _room.TakeAsync(source);

        Assert.Equal((null, null, null, null, "3"), (rows[0]["fetch_count"], rows[0]["cpu_percent"], rows[0]["uptime_seconds"], rows[0]["restart_count"], rows[0]["error_count"]));
        Assert.Equal((2, 2), (reading.LeftOutCounts[(int)LeftOut.Nan], reading.LeftOutCounts[(int)LeftOut.Infinite]));
        Assert.Equal("infinite: uptime_seconds", reading.LeftOutExample);
    }

    [Theory]
    [InlineData("812.5", "fetch_count is 812.5, not a whole number from 0")]
    [InlineData("-0.5e1", "fetch_count is -0.5e1, not a whole number from 0")]
    [InlineData("9.3e18", "fetch_count is 9.3e18, not a whole number from 0")]
    [InlineData("undefined", "fetch_count is undefined, not a whole number from 0")]
    public async Task Read_NoWholeNumber_IsAFaultOfThatValue(string written, string problem)
    {
        _endpoint.Json($$"""{"running": true, "fetch_count": {{written}}, "error_count": 3}""");
        using DaemonSource source = Source();

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Equal((null, "3"), (rows[0]["fetch_count"], rows[0]["error_count"]));
        Assert.Equal($"{_endpoint.Url} answers with {problem}", error?.Message);
    }

    [Theory]
    [InlineData("\"0001-01-01T00:00:00Z\"")]
    [InlineData("\"0001-01-01T00:00:00+05:00\"")]
    [InlineData("\"0000-00-00 00:00:00\"")]
    [InlineData("\"1970-01-01T00:00:00\"")]
    [InlineData("\"1969-12-31T19:00:00-05:00\"")]
    [InlineData("\"\"")]
    [InlineData("0")]
    [InlineData("0.0")]
    public async Task Read_TimeOfNever_IsAbsent(string written)
    {
        _endpoint.Json($$"""{"running": true, "last_fetch_time": {{written}}}""");
        using DaemonSource source = Source();

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Null(error);
        Assert.Null(rows[0]["last_fetch_at"]);
    }

    [Fact]
    public async Task Read_BytesThatAreNoUtf8_CostThatText()
    {
        _endpoint.Answer = context => context.Response.Body.WriteAsync(Encoding.Latin1.GetBytes("""{"running": true, "naïf": 1, "last_error": "é", "fetch_count": 5}""")).AsTask();
        using DaemonSource source = Source();

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Equal(("running", "5", null), (rows[0]["state"], rows[0]["fetch_count"], rows[0]["last_error"]));
        Assert.Equal($"{_endpoint.Url} answers with last_error is \"\uFFFD\", not text", error?.Message);
    }

    [Theory]
    [InlineData("\"true\"", "running")]
    [InlineData("\"Yes\"", "running")]
    [InlineData("\" on \"", "running")]
    [InlineData("\"RUNNING\"", "running")]
    [InlineData("\"up\"", "running")]
    [InlineData("1", "running")]
    [InlineData("1.0", "running")]
    [InlineData("\"1\"", "running")]
    [InlineData("\"false\"", "stopped")]
    [InlineData("\"no\"", "stopped")]
    [InlineData("\"Stopped\"", "stopped")]
    [InlineData("0", "stopped")]
    public async Task Read_RunningByAWordOrANumber_IsUnderstood(string written, string state)
    {
        _endpoint.Json($$"""{"running": {{written}}, "fetch_count": 5}""");
        using DaemonSource source = Source();

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Null(error);
        Assert.Equal((state, state == "running" ? "true" : "false"), (rows[0]["state"], rows[0]["running"]));
    }

    [Theory]
    [InlineData(null, null, null, "")]
    [InlineData("sesame", null, null, "Bearer sesame")]
    [InlineData(null, "me", "sesame:ä", "Basic bWU6c2VzYW1lOsOk")]
    public async Task Read_Credentials_AreSent(string? token, string? user, string? password, string authorization)
    {
        string? sent = null;
        _endpoint.Answer = context =>
        {
            sent = context.Request.Headers.Authorization.ToString();
            return Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, """{"running": true}""");
        };
        using var source = new DaemonSource(
            new DaemonOptions
            {
                Url = _endpoint.Url,
                Token = token is null ? null : new Secret(token),
                Username = user,
                Password = password is null ? null : new Secret(password),
            },
            _room.Context("daemon/oi"));

        await _room.TakeAsync(source);

        Assert.Equal(authorization, sent);
    }

    [Fact]
    public async Task Read_LongError_IsCutAndTheRowStands()
    {
        _endpoint.Json($$"""{"running": true, "last_error": "{{new string('x', 4095)}}😀{{new string('y', 100_000)}}"}""");
        using DaemonSource source = Source();

        Assert.Equal(new string('x', 4095) + "…", (await _room.TakeAsync(source)).Rows[0]["last_error"]);
    }

    private DaemonSource Source() => new(new DaemonOptions { Url = _endpoint.Url }, _room.Context("daemon/oi"));
}
