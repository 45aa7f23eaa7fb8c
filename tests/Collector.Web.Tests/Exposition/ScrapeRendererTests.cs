using System.Diagnostics.Metrics;
using Collector.Lines.Tables;
using Collector.Web.Exposition;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Collector.Tests.Web.Exposition;

public sealed class ScrapeRendererTests
{
    private const string Hostile = "a\"b\\c\nd 𝄞 é";

    [Theory]
    [InlineData(false, "page.prom")]
    [InlineData(true, "page.om")]
    public void Render_PopulatedPage_IsTheGoldenText(bool openMetrics, string golden)
    {
        using ExpositionRoom room = Populated();

        string page = room.Render(openMetrics ? TextFormat.OpenMetrics : TextFormat.Prometheus);

        string path = Path.Combine(Repository.Folder, "tests", "Collector.Web.Tests", "Exposition", "Golden", golden);
        Assert.Equal(File.ReadAllText(path), page);
    }

    [Fact]
    public void Render_Twice_IsTheSame()
    {
        using ExpositionRoom room = Populated();

        Assert.Equal(room.Render(), room.Render());
    }

    [Fact]
    public void Render_TwoTablesWithOneMetric_WritesOneHeadingAndEachSeriesOnce()
    {
        Table a = ExpositionRoom.Table("k SYMBOL, v LONG -- V. [gauge v]", name: "a");
        Table b = ExpositionRoom.Table("k SYMBOL, v LONG -- V. [gauge v]", name: "b");
        using var room = new ExpositionRoom(null, b, a);

        room.Observe(a, "a,k=x v=1i @\na,k=y v=2i @\n");
        room.Observe(b, "b,k=y v=3i @\nb,k=z v=4i @\n");

        Assert.Equal("# HELP v V.\n# TYPE v gauge\nv{k=\"x\"} 1\nv{k=\"y\"} 2\nv{k=\"z\"} 4\n", room.Render());
        Assert.Equal(1, room.Page.Duplicates);
        Assert.Equal(0, room.Page.Conflicts);
    }

    [Theory]
    [InlineData("v LONG -- Other help. [gauge v_total_bytes, unit bytes]", "v LONG -- V. [gauge v_total_bytes, unit bytes]")]
    [InlineData("v LONG -- V. [gauge v]", "v LONG -- V. [counter v_total]")]
    public void Render_TwoTablesWithConflictingMetrics_ShowsTheFirstAlone(string first, string second)
    {
        Table a = ExpositionRoom.Table($"k SYMBOL, {first}", name: "a");
        Table b = ExpositionRoom.Table($"k SYMBOL, {second}", name: "b");
        using var room = new ExpositionRoom(null, b, a);
        room.Observe(a, "a,k=x v=1i @\n");
        room.Observe(b, "b,k=y v=3i @\n");

        string page = room.Render();

        Assert.Contains("k=\"x\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("k=\"y\"", page, StringComparison.Ordinal);
        Assert.Equal(1, room.Page.Conflicts);
        room.Meter.CreateCounter<long>("later_total").Add(1);
        room.Render();
        Assert.Equal(1, room.Page.Conflicts);
        Assert.Single(room.Log.Messages);
    }

    [Fact]
    public void Render_TableUsingANameOfAnInstrument_ShowsTheInstrument()
    {
        Table table = ExpositionRoom.Table("k SYMBOL, v LONG, -- V. [counter a_seconds_count_total]\n w LONG -- W. [gauge a_seconds_sum]");
        using var room = new ExpositionRoom(null, table);
        room.Observe(table, "t,k=x v=1i,w=1i @\n");
        Assert.Contains("a_seconds_sum{k=\"x\"} 1\n", room.Render(), StringComparison.Ordinal);

        room.Meter.CreateHistogram<double>("a_seconds").Record(1);

        Assert.DoesNotContain("k=\"x\"", room.Render(), StringComparison.Ordinal);
        Assert.Equal(2, room.Page.Conflicts);
    }

    [Fact]
    public void Render_LargerThanTheCap_Overflows()
    {
        using var room = new ExpositionRoom(new ExpositionOptions { ResponseBytes = 1000 });
        Gauge<int> gauge = room.Meter.CreateGauge<int>("a");
        int fit = 0;
        for (int i = 0; i < 200; i++)
        {
            gauge.Record(1, new Tag("k", i));
            using ScrapeBuffer page = room.Page.Render(TextFormat.Prometheus);
            Assert.InRange(page.Length, 1, 1000);
            fit += page.Overflowed ? 0 : 1;
        }

        Assert.InRange(fit, 50, 80);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Render_TwentyThousandSeries_AllocatesLittle(bool openMetrics)
    {
        TextFormat format = openMetrics ? TextFormat.OpenMetrics : TextFormat.Prometheus;
        Table table = ExpositionRoom.Table("k SYMBOL, v DOUBLE, -- V. [gauge v]\n w DOUBLE -- W. [counter w_total]");
        using var room = new ExpositionRoom(null, table);
        ProcessInstruments.Register(room.Meter);
        for (int i = 0; i < 10_000; i++)
        {
            room.Observe(table, $"t,k=series{i} v={i}.123456789,w={i} @\n");
        }

        room.Page.Render(format).Dispose();
        using ScrapeBuffer page = room.Page.Render(format);

        Assert.True(page.Length > 600_000);
        Assert.InRange(Allocation.Least(() => room.Page.Render(format).Dispose()), 0, 20_000);
    }

    internal static ExpositionRoom Populated()
    {
        Table daemon = Read("daemon_metrics"), host = Read("host_metrics");
        var room = new ExpositionRoom(null, daemon, host);
        _ = new ExpositionInstruments(room.Meter, room.Page, room.Latest, room.Snapshot);
        room.Meter.CreateCounter<long>("collector_hostile_total", "{row}", "Help with \"quotes\", a \\ and\na newline.").Add(3, new Tag("k", Hostile));
        Histogram<double> histogram = room.Meter.CreateHistogram(
            "collector_flush_seconds", "s", "Time of a flush.", [], new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 1] });
        histogram.Record(0.004, new Tag("table", "a"));
        histogram.Record(30, new Tag("table", "a"));
        room.Observe(daemon, "daemon_metrics,daemon=a,host=h\\ 1,env=prod,state=running running=t,uptime_seconds=3.5,cpu_percent=12.5,fetch_count=100i,fetch_count_delta=3i,last_fetch_at=1767225599500000t @\n");
        room.Observe(daemon, "daemon_metrics,daemon=b,host=h2,env= running=f,downtime_seconds=60 @\n");
        room.Observe(host, "host_metrics,host=h1,env=prod cpu_percent=0.1,load1=1e300,memory_used_bytes=9007199254740993i,network_rx_bytes=5i @\n");
        return room;
    }

    private static Table Read(string name)
    {
        var faults = new List<SchemaFault>();
        string file = Path.Combine(Repository.Folder, "schemas", name + ".sql");
        return SchemaReader.Read(file, File.ReadAllText(file), faults)!;
    }
}
