using System.Diagnostics.Metrics;
using System.Globalization;
using Collector.Web.Exposition;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Collector.Tests.Web.Exposition.Instruments;

public sealed class InstrumentSnapshotTests
{
    [Fact]
    public void Collect_EveryKind_ShowsItsValue()
    {
        using var room = new ExpositionRoom();
        room.Meter.CreateCounter<long>("a_total", "{row}", "A.").Add(3, new Tag("k", "x"));
        room.Meter.CreateUpDownCounter<int>("b", description: "B.").Add(-2);
        room.Meter.CreateGauge<double>("c_seconds", "s", "C.").Record(0.5);
        room.Meter.CreateObservableCounter("d_total", () => 4L, description: "D.");
        room.Meter.CreateObservableGauge("e", () => new Measurement<float>(1.5f, new Tag("ok", true), new Tag("n", 7)), description: "E.");
        room.Meter.CreateObservableUpDownCounter("f_bytes", () => (short)-1, "By", "F.");
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] };
        Histogram<double> histogram = room.Meter.CreateHistogram("g_seconds", "s", "G.", [], advice);
        histogram.Record(0.5, new Tag("k", "x"));
        histogram.Record(7, new Tag("k", "x"));

        Assert.Equal(
            """
            # HELP a_total A.
            # TYPE a_total counter
            a_total{k="x"} 3
            # HELP b B.
            # TYPE b gauge
            b -2
            # HELP c_seconds C.
            # TYPE c_seconds gauge
            c_seconds 0.5
            # HELP d_total D.
            # TYPE d_total counter
            d_total 4
            # HELP e E.
            # TYPE e gauge
            e{n="7",ok="true"} 1.5
            # HELP f_bytes F.
            # TYPE f_bytes gauge
            f_bytes -1
            # HELP g_seconds G.
            # TYPE g_seconds histogram
            g_seconds_bucket{k="x",le="0.5"} 1
            g_seconds_bucket{k="x",le="1.0"} 1
            g_seconds_bucket{k="x",le="+Inf"} 2
            g_seconds_sum{k="x"} 7.5
            g_seconds_count{k="x"} 2

            """, room.Render());
    }

    [Fact]
    public void Record_TagsInAnyOrder_AreOneSeries()
    {
        using var room = new ExpositionRoom();
        Counter<long> counter = room.Meter.CreateCounter<long>("a_total");

        counter.Add(1, new Tag("x", "1"), new Tag("y", "2"));
        counter.Add(1, new Tag("y", "2"), new Tag("x", "1"));
        counter.Add(1, new Tag("x", 1), new Tag("y", 2));
        counter.Add(1, new Tag("x", "2"), new Tag("y", "1"));

        Assert.Equal("# TYPE a_total counter\na_total{x=\"1\",y=\"2\"} 3\na_total{x=\"2\",y=\"1\"} 1\n", room.Render());
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(-1)]
    public void Record_PoisonForACounter_IsIgnoredAndCounted(double poison)
    {
        using var room = new ExpositionRoom();
        Counter<double> counter = room.Meter.CreateCounter<double>("a_total");
        counter.Add(1);

        counter.Add(poison);
        counter.Add(0.5);

        Assert.EndsWith("a_total 1.5\n", room.Render(), StringComparison.Ordinal);
        Assert.Equal(1, room.Snapshot.Instruments[0].Invalid);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Record_PoisonForAHistogram_IsIgnoredAndCounted(double poison)
    {
        using var room = new ExpositionRoom();
        Histogram<double> histogram = room.Meter.CreateHistogram<double>("a_seconds");
        histogram.Record(1);

        histogram.Record(poison);

        Assert.EndsWith("a_seconds_sum 1\na_seconds_count 1\n", room.Render(), StringComparison.Ordinal);
        Assert.Equal(1, room.Snapshot.Instruments[0].Invalid);
    }

    [Fact]
    public void Record_NegativeWholeNumberOnACounter_IsIgnoredAndCounted()
    {
        using var room = new ExpositionRoom();
        Counter<long> counter = room.Meter.CreateCounter<long>("a_total");
        counter.Add(5);

        counter.Add(-1);

        Assert.EndsWith("a_total 5\n", room.Render(), StringComparison.Ordinal);
        Assert.Equal(1, room.Snapshot.Instruments[0].Invalid);
    }

    [Fact]
    public void Record_NaNOnAGauge_IsShown()
    {
        using var room = new ExpositionRoom();
        room.Meter.CreateGauge<double>("a").Record(double.NaN);

        Assert.EndsWith("a NaN\n", room.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Record_MoreTagSetsThanTheCap_CountsTheMeasurements()
    {
        using var room = new ExpositionRoom(new ExpositionOptions { TagSetsPerInstrument = 2 });
        Counter<long> counter = room.Meter.CreateCounter<long>("a_total");

        for (int i = 0; i < 5; i++)
        {
            counter.Add(1, new Tag("k", i));
        }

        Assert.Equal("# TYPE a_total counter\na_total{k=\"0\"} 1\na_total{k=\"1\"} 1\n", room.Render());
        Assert.Equal(3, room.Snapshot.Instruments[0].Dropped);
    }

    [Fact]
    public void Record_KnownTagSet_AllocatesNothing()
    {
        using var room = new ExpositionRoom();
        Counter<long> counter = room.Meter.CreateCounter<long>("a_total");
        Histogram<double> histogram = room.Meter.CreateHistogram<double>("b_seconds");
        var x = new Tag("k", "x");
        var y = new Tag("l", "y");

        Assert.Equal(0, Allocation.Least(Measure));

        void Measure()
        {
            for (int i = 0; i < 100; i++)
            {
                counter.Add(1, x, y);
                histogram.Record(i, x);
            }
        }
    }

    [Fact]
    public void Collect_TagSetNoLongerTold_IsGone()
    {
        using var room = new ExpositionRoom();
        List<Measurement<int>> told = [new(1, new Tag("k", "a")), new(2, new Tag("k", "b"))];
        room.Meter.CreateObservableGauge("a", () => told);
        Assert.Contains("k=\"a\"", room.Render(), StringComparison.Ordinal);

        told = [new(3, new Tag("k", "b"))];

        Assert.Equal("# TYPE a gauge\na{k=\"b\"} 3\n", room.Render());
    }

    [Fact]
    public void Collect_CallbackThatThrows_LeavesOutThatInstrumentAlone()
    {
        using var room = new ExpositionRoom();
        room.Meter.CreateObservableGauge("a", new Func<int>(() => throw new InvalidOperationException("no")));
        room.Meter.CreateObservableGauge("b", () => 1);

        Assert.Equal("# TYPE b gauge\nb 1\n", room.Render());
        room.Render();
        Assert.Equal(2, room.Snapshot.CallbackFailures);
        Assert.Single(room.Log.Messages);

        room.Clock.Advance(TimeSpan.FromSeconds(10));
        room.Render();
        Assert.Equal(2, room.Log.Messages.Count);
    }

    [Fact]
    public void Collect_MeterDisposed_ShowsItsInstrumentsNoMore()
    {
        using var room = new ExpositionRoom();
        room.Meter.CreateCounter<long>("a_total").Add(1);
        Assert.NotEmpty(room.Render());

        room.Meter.Dispose();

        Assert.Empty(room.Render());
    }

    [Fact]
    public async Task Collect_WritersHammering_CountEqualsTheInfBucketAlways()
    {
        using var room = new ExpositionRoom();
        Histogram<double> histogram = room.Meter.CreateHistogram<double>("a_seconds");
        using var stop = new CancellationTokenSource();
        using var writing = new CountdownEvent(2);
        Task[] writers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            histogram.Record(1);
            writing.Signal();
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                histogram.Record((i % 3) * 8);
            }
        }))];

        writing.Wait();
        long first = 0, last = 0;
        for (int i = 0; i < 400 || (last == first && i < 1_000_000); i++)
        {
            string[] lines = room.Render().Split('\n');
            long inf = Value(lines, "a_seconds_bucket{le=\"+Inf\"} ");
            long count = Value(lines, "a_seconds_count ");
            Assert.Equal(inf, count);
            Assert.InRange(count, last, long.MaxValue);
            (first, last) = (i == 0 ? count : first, count);
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        Assert.True(last > first, "the writers did not write while pages were rendered");
    }

    [Fact]
    public async Task Record_ManyThreads_LosesNothing()
    {
        using var room = new ExpositionRoom();
        Counter<double> fractions = room.Meter.CreateCounter<double>("a_total");
        Counter<long> wholes = room.Meter.CreateCounter<long>("b_total");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                fractions.Add(0.5, new Tag("k", i % 7));
                wholes.Add(2, new Tag("k", i % 7));
            }
        })));

        string[] lines = room.Render().Split('\n');
        Assert.Equal(20_000, lines.Where(line => line.StartsWith("a_total{", StringComparison.Ordinal)).Sum(Value));
        Assert.Equal(80_000, lines.Where(line => line.StartsWith("b_total{", StringComparison.Ordinal)).Sum(Value));
    }

    private static long Value(string[] lines, string prefix) =>
        Value(Array.Find(lines, line => line.StartsWith(prefix, StringComparison.Ordinal)) ?? "none 0");

    private static long Value(string line) => long.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
}
