using System.Globalization;
using System.IO.Compression;
using System.Text;
using Collector.Settings;
using Collector.Sources;
using Collector.Sources.Prometheus;
using Microsoft.AspNetCore.Http;

namespace Collector.Tests.Sources.Prometheus;

public sealed class PrometheusSourceTests : IAsyncLifetime
{
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private readonly SourceRoom _room = new();
    private DaemonEndpoint _endpoint = null!;

    public async Task InitializeAsync() => _endpoint = await DaemonEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    [Fact]
    public async Task Read_APage_IsARowForEachSample()
    {
        Page("# TYPE up gauge\nup 1\nhttp_total{method=\"get\",code=\"200\"} 5.5\n");
        using PrometheusSource source = Source();

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Null(error);
        Assert.All(rows, row => Assert.Equal(("scraped_metrics", WatchedClock.Began), (row.Table, row.Time)));
        Assert.Equal([$"page {_endpoint.Url.Authority} up{{}} 1", $"page {_endpoint.Url.Authority} http_total{{code=\"200\",method=\"get\"}} 5.5"], rows.Select(Shown));
    }

    [Fact]
    public async Task Read_JobAndInstance_AreAsConfigured()
    {
        Page("up 1\n");
        using PrometheusSource source = Source(new PrometheusOptions { Url = _endpoint.Url, Job = "node", Instance = "db-1" });

        Assert.Equal("node db-1 up{} 1", Shown(Assert.Single((await _room.ReadAsync(source)).Rows)));
    }

    [Fact]
    public async Task Read_SamplesThatAreNoNumbers_AreLeftOutAndCounted()
    {
        Page("a NaN\nb +Inf\nc -Inf\nd 1\ne{quantile=\"0.5\"} NaN\n");
        using PrometheusSource source = Source();

        (IReadOnlyList<WrittenRow> rows, Reading reading) = await _room.TakeAsync(source);

        Assert.Equal(["d"], rows.Select(row => row["name"]));
        Assert.Equal((2, 2), (Count(reading, LeftOut.Nan), Count(reading, LeftOut.Infinite)));
        Assert.Null(reading.LeftOutExample); // summaries without observations are nothing to look at
    }

    [Fact]
    public async Task Read_OneSeriesTwice_CountsTheFirstAndTellsTheOther()
    {
        Page("a{b=\"1\",c=\"2\"} 1\na{c=\"2\",b=\"1\"} 2\na{b=\"1\",c=\"2\",d=\"\"} 3\na{b=\"1\"} 4\na{b=\"1\"} 5\n");
        using PrometheusSource source = Source();

        foreach (int _ in (int[])[1, 2])
        {
            (IReadOnlyList<WrittenRow> rows, Reading reading) = await _room.TakeAsync(source);

            Assert.Equal(["1", "4"], rows.Select(row => row["value"]));
            Assert.Equal(3, Count(reading, LeftOut.Duplicate));
            Assert.Equal("duplicate: a{b=\"1\",c=\"2\"}", reading.LeftOutExample);
        }
    }

    [Fact]
    public async Task Read_NameOrLabelsOutOfBounds_AreLeftOutAndTheirNeighboursStay()
    {
        string fits = $"a{{b=\"{new string('x', 4096 - 4)}\"}} 1\n{new string('n', 255)} 2\n";
        Page(fits + $"a{{b=\"{new string('x', 4096 - 3)}\"}} 3\na{{b=\"{new string('ä', 2047)}\"}} 4\n{new string('n', 256)} 5\nz 6\n");
        using PrometheusSource source = Source();

        (IReadOnlyList<WrittenRow> rows, Reading reading) = await _room.TakeAsync(source);

        Assert.Equal(["1", "2", "6"], rows.Select(row => row["value"]));
        Assert.Equal((2, 1), (Count(reading, LeftOut.Labels), Count(reading, LeftOut.Name)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_Timestamps_CountAsConfigured(bool honor)
    {
        long began = WatchedClock.Began.ToUnixTimeMilliseconds();
        Page($"old 1 {began - 60_000}\nahead 2 {began + 30_000}\nnone 3\ntoo_old 4 {began - (31L * 86_400_000)}\ntoo_far 5 {began + 120_000}\nweird 6 -5\nweirder 7 9223372036854775807\n");
        using PrometheusSource source = Source(new PrometheusOptions { Url = _endpoint.Url, HonorTimestamps = honor });

        (IReadOnlyList<WrittenRow> rows, Reading reading) = await _room.TakeAsync(source);

        Assert.Equal(honor ? [-60, 30, 0] : [0, 0, 0, 0, 0, 0, 0], rows.Select(row => (row.Time - WatchedClock.Began).TotalSeconds));
        Assert.Equal(honor ? 4 : 0, Count(reading, LeftOut.Timestamp));
    }

    [Fact]
    public async Task Read_Filters_TakeWhatTheySay()
    {
        Page("node_a 1\nnode_b 2\ngo_a 3\nnode_c{mode=\"idle\",cpu=\"0\"} 4\nnode_c{mode=\"user\",cpu=\"0\"} 5\nnode_c{mode=\"user\",cpu=\"1\"} 6\nmy_node_a 7\n");
        async Task<string> TakenAsync(PrometheusOptions options)
        {
            using PrometheusSource source = Source(options);
            return string.Join(' ', (await _room.ReadAsync(source)).Rows.Select(row => row["value"]));
        }

        var all = new PrometheusOptions { Url = _endpoint.Url };
        Assert.Equal("1 2 4 5 6", await TakenAsync(all with { Keep = ["node_.*"] }));
        Assert.Equal("1 2 3 7", await TakenAsync(all with { Drop = ["node_c"] }));
        Assert.Equal("2 3", await TakenAsync(all with { Keep = ["node_[ab]", "go_.*"], Drop = ["node_a"] }));
        Assert.Equal("5 6", await TakenAsync(all with { KeepLabels = Labels(("mode", "user|nice")) }));
        Assert.Equal("1 2 3 5 6 7", await TakenAsync(all with { KeepLabels = Labels(("mode", "user|")) }));
        Assert.Equal("1 2 3 7", await TakenAsync(all with { DropLabels = Labels(("cpu", "1"), ("mode", "idle|us.*")) }));
    }

    [Fact]
    public async Task Read_OpenMetrics_IsToldByItsContentType()
    {
        Page("# TYPE a counter\na_total 1 1767323045.5 # {id=\"x\"} 1\n# EOF\n", OpenMetrics);
        using PrometheusSource source = Source();

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Null(error);
        Assert.Equal(WatchedClock.Began.AddSeconds(0.5), Assert.Single(rows).Time);
    }

    [Theory]
    [InlineData(OpenMetrics, "a 1\n", "ends without # EOF")]
    [InlineData("text/plain; version=0.0.4", "a 1 # {} 1\n", "line 1: something comes after")]
    [InlineData("text/html", "<html>", "text/html that cannot be read: line 1: a line begins with neither")]
    [InlineData("text/plain", "a 1\na 2 x\n", "line 2: a sample's timestamp is none")]
    [InlineData("text/plain", "b 1\na{a=\"1\",a=\"2\"} 2\n", "line 2: a has the label a twice")]
    public async Task Read_PageThatBreaksOff_IsNotTakenAtAll(string type, string page, string problem)
    {
        Page(page, type);
        using PrometheusSource source = Source();

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Empty(rows);
        Assert.Equal(SourceError.Format, error?.Error);
        Assert.StartsWith(_endpoint.Url.ToString(), error?.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData((int)FallbackFormat.Text, "a 1\n", null)]
    [InlineData((int)FallbackFormat.Openmetrics, "a 1\n# EOF\n", null)]
    [InlineData((int)FallbackFormat.Openmetrics, "a 1\n", "# EOF")]
    [InlineData((int)FallbackFormat.Refuse, "a 1\n", "no content type, which is no format of metrics")]
    public async Task Read_NoContentType_IsReadAsConfigured(int fallback, string page, string? problem)
    {
        _endpoint.Answer = context => context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(page)).AsTask();
        using PrometheusSource source = Source(new PrometheusOptions { Url = _endpoint.Url, Fallback = (FallbackFormat)fallback });

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Equal(problem is null ? 1 : 0, rows.Count);
        Assert.Contains(problem ?? "", error?.Message ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, null, "")]
    [InlineData("sesame", null, null, "Bearer sesame")]
    [InlineData(null, "me", "sesame:ä", "Basic bWU6c2VzYW1lOsOk")]
    public async Task Read_Request_SaysWhatItTakesAndWhoAsks(string? token, string? user, string? password, string authorization)
    {
        string[] sent = [];
        _endpoint.Answer = context =>
        {
            IHeaderDictionary headers = context.Request.Headers;
            sent = [headers.Authorization.ToString(), headers.Accept.ToString(), headers.AcceptEncoding.ToString(), headers["X-Prometheus-Scrape-Timeout-Seconds"].ToString()];
            return context.Response.WriteAsync("a 1\n");
        };
        using PrometheusSource source = Source(new PrometheusOptions
        {
            Url = _endpoint.Url,
            Token = token is null ? null : new Secret(token),
            Username = user,
            Password = password is null ? null : new Secret(password),
        });

        await _room.ReadAsync(source);

        Assert.Equal([authorization, ExpositionFormats.Accept, "gzip", "5"], sent.Select(value => value.Replace(", ", ",", StringComparison.Ordinal).Replace("; ", ";", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Read_Redirected_DoesNotSendTheTokenOn()
    {
        await using DaemonEndpoint other = await DaemonEndpoint.StartAsync();
        string? authorization = null;
        other.Answer = context =>
        {
            authorization = context.Request.Headers.Authorization.ToString();
            return context.Response.WriteAsync("a 1\n");
        };
        _endpoint.Answer = context =>
        {
            context.Response.Redirect(other.Url.ToString());
            return Task.CompletedTask;
        };
        using PrometheusSource source = Source(new PrometheusOptions { Url = _endpoint.Url, Token = new Secret("sesame") });

        Assert.Single((await _room.ReadAsync(source)).Rows);
        Assert.Equal("", authorization);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_Gzip_IsUnpackedWithinTheBound(bool fits)
    {
        string page = string.Concat(Enumerable.Range(0, 2000).Select(i => $"metric_number_{i} 1\n"));
        _endpoint.Answer = context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return context.Response.Body.WriteAsync(Gzip(page)).AsTask();
        };
        using PrometheusSource source = Source(new PrometheusOptions { Url = _endpoint.Url, MaxBytes = new ByteSize(fits ? page.Length : page.Length - 1) });

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Equal(fits ? 2000 : 0, rows.Count);
        Assert.Equal(fits ? null : $"{_endpoint.Url} answers with more than {page.Length - 1} bytes (max_bytes)", error?.Message);
    }

    [Fact]
    public async Task Read_BrokenGzip_IsAFault()
    {
        _endpoint.Answer = context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return context.Response.WriteAsync("a 1\n");
        };
        using PrometheusSource source = Source();

        Assert.Equal(SourceError.Format, (await _room.ReadAsync(source)).Error?.Error);
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(2, 0)]
    public async Task Read_MoreSamplesThanAllowed_TakesNone(int allowed, int taken)
    {
        Page("a 1\nb 2\nc 3\n");
        using PrometheusSource source = Source(new PrometheusOptions { Url = _endpoint.Url, MaxSamples = allowed });

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Equal(taken, rows.Count);
        Assert.Equal(taken == 0, error?.Message.Contains("more than 2 samples (max_samples)", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData(500, SourceError.Status)]
    [InlineData(401, SourceError.Status)]
    [InlineData(302, SourceError.Status)]
    public async Task Read_AnotherStatus_IsNoReading(int status, object reason)
    {
        _endpoint.Answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = status == 302 ? "/status" : default; // round and round
            return context.Response.WriteAsync("a 1\n");
        };
        using PrometheusSource source = Source();

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Empty(rows);
        Assert.Equal(reason, error?.Error);
        Assert.InRange(_endpoint.Requests, 1, 7);
    }

    [Fact]
    public async Task Read_TenMegabytes_IsReadWhole()
    {
        string page = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"http_request_duration_seconds_bucket{{handler=\"/api/v1/query_range/{i}\",method=\"get\",le=\"0.05\"}} {i}\n"));
        Assert.InRange(page.Length, 9_000_000, 16 << 20);
        Page(page);
        using PrometheusSource source = Source();

        (IReadOnlyList<WrittenRow> rows, _) = await _room.TakeAsync(source);
        Assert.Equal(100_000, rows.Count);
        Assert.Equal(100_000L * 99_999 / 2, rows.Sum(row => row.Number("value")));

        // Another page from one moment to the next: the series of the first are forgotten, and found again.
        Page("a 1\n");
        Assert.Single((await _room.TakeAsync(source)).Rows);
        Page(page);
        Assert.Equal(100_000, (await _room.TakeAsync(source)).Rows.Count);
    }

    internal static Dictionary<string, string> Labels(params (string Name, string Value)[] labels) => labels.ToDictionary(label => label.Name, label => label.Value, StringComparer.Ordinal);

    private static long Count(Reading reading, LeftOut reason) => reading.LeftOutCounts[(int)reason];

    private static string Shown(WrittenRow row) =>
        $"{row["job"]} {row["instance"]} {row["name"]}{{{row["labels"]}}} {row.Number("value").ToString("R", CultureInfo.InvariantCulture)}";

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    private void Page(string text, string type = "text/plain; version=0.0.4; charset=utf-8") => _endpoint.Json(text, type);

    private PrometheusSource Source(PrometheusOptions? options = null) => new(options ?? new PrometheusOptions { Url = _endpoint.Url }, _room.Context("prometheus/page"));
}
