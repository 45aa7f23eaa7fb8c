using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Web.Exposition;

namespace Collector.Tests.Web.Exposition;

public sealed class LatestValuesTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private static readonly Table Gauge = ExpositionRoom.Table("k SYMBOL, v DOUBLE -- A value. [gauge v]");

    [Fact]
    public void Observe_EveryType_ShowsBaseUnits()
    {
        Table table = ExpositionRoom.Table("""
            k SYMBOL, -- The key.
            empty SYMBOL, -- Another.
            up BOOLEAN, -- Up. [gauge up_now]
            took_ms DOUBLE, -- Took. [gauge took_seconds, unit ms]
            orders LONG, -- Orders. [counter orders_total]
            orders_delta LONG, -- Their increase. [gauge orders_delta]
            hidden LONG, -- Not shown.
            at TIMESTAMP -- When. [gauge at_timestamp_seconds]
            """, "timestamp, k, empty");
        using var room = new ExpositionRoom(null, table);

        room.Observe(table, "t,k=a,empty= up=t,took_ms=12.34,orders=7i,orders_delta=2i,hidden=1i,at=1700000000500000t @\n");

        Assert.Equal(
            """
            # HELP at_timestamp_seconds When.
            # TYPE at_timestamp_seconds gauge
            at_timestamp_seconds{k="a"} 1700000000.5
            # HELP orders_total Orders.
            # TYPE orders_total counter
            orders_total{k="a"} 7
            # HELP took_seconds Took.
            # TYPE took_seconds gauge
            took_seconds{k="a"} 0.01234
            # HELP up_now Up.
            # TYPE up_now gauge
            up_now{k="a"} 1

            """, room.Render());
    }

    [Fact]
    public void Observe_RowOfAnUnknownState_TellsNoBoolean()
    {
        Table table = ExpositionRoom.Table("k SYMBOL, state SYMBOL, up BOOLEAN, -- Up. [gauge up_now]\n a LONG -- A. [gauge a]");
        using var room = new ExpositionRoom(null, table);

        room.Observe(table, "t,k=x,state=unknown up=f,a=1i @\nt,k=y,state=stopped up=f,a=1i @\n");

        Assert.Equal("# HELP a A.\n# TYPE a gauge\na{k=\"x\"} 1\na{k=\"y\"} 1\n# HELP up_now Up.\n# TYPE up_now gauge\nup_now{k=\"y\"} 0\n", room.Render());
    }

    [Fact]
    public void Observe_NewerRowWithoutAColumn_LeavesItOut()
    {
        Table table = ExpositionRoom.Table("k SYMBOL, a LONG, -- A. [gauge a]\n b LONG -- B. [gauge b]");
        using var room = new ExpositionRoom(null, table);
        room.Observe(table, "t,k=x a=1i,b=1i @-1\n");

        room.Observe(table, "t,k=x a=2i @\n");

        Assert.Equal("# HELP a A.\n# TYPE a gauge\na{k=\"x\"} 2\n", room.Render());
    }

    [Theory]
    [InlineData("t,k=x v=1 @\nt,k=x v=2 @-1\n", "1")]
    [InlineData("t,k=x v=1 @-1\nt,k=x v=2 @\n", "2")]
    [InlineData("t,k=x v=1 @\nt,k=x v=2 @\n", "2")]
    [InlineData("t,k=x v=1 @+30\nt,k=x v=2 @\n", "1")]
    public void Observe_RowsInAnyOrder_ShowsTheNewestByTimestamp(string lines, string shown)
    {
        using var room = new ExpositionRoom(null, Gauge);

        room.Observe(Gauge, lines, Interval);

        Assert.EndsWith($"v{{k=\"x\"}} {shown}\n", room.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Observe_OlderRowAfterTheNewestWentStale_ShowsIt()
    {
        using var room = new ExpositionRoom(null, Gauge);
        room.Observe(Gauge, "t,k=x v=1 @+50\n", Interval);
        room.Clock.Advance(TimeSpan.FromSeconds(30));

        room.Observe(Gauge, "t,k=x v=2 @\n", Interval);

        Assert.EndsWith("v{k=\"x\"} 2\n", room.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Observe_KeysInOtherOrderAndSpelling_AreOneSeries()
    {
        Table table = ExpositionRoom.Table("a SYMBOL, b SYMBOL, v LONG -- V. [gauge v]", "timestamp, a, b");
        using var room = new ExpositionRoom(null, table);

        room.Observe(table, "t,a=1,b=x\\ y v=1i @-2\nt,b=x\\ \\y,a=1 v=2i @-1\nT,B=x\\ y,A=1 v=3i @\n");

        Assert.EndsWith("gauge\nv{a=\"1\",b=\"x y\"} 3\n", room.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Observe_HostileKey_IsEscaped()
    {
        using var room = new ExpositionRoom(null, Gauge);

        room.Observe(Gauge, "t,k=\"\\\\\\\n\\ 𝄞é{}\\,# v=1 @\n");

        Assert.EndsWith("v{k=\"\\\"\\\\\\n 𝄞é{},#\"} 1\n", room.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Observe_NoKeys_ShowsNoBraces()
    {
        Table table = ExpositionRoom.Table("v DOUBLE -- V. [gauge v]", "timestamp");
        using var room = new ExpositionRoom(null, table);

        room.Observe(table, "t v=1.5 @\n");

        Assert.EndsWith("\nv 1.5\n", room.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Observe_BadRowAmongGoodOnes_TakesTheGoodOnes()
    {
        using var room = new ExpositionRoom(null, Gauge);

        room.Observe(Gauge, "t,k=a v=1 @\nt,k=b v=\"no\" @\nt,k=c v=3 @\n");

        Assert.EndsWith("v{k=\"a\"} 1\nv{k=\"c\"} 3\n", room.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Observe_TableUnknownAtTheStart_IsTakenIn()
    {
        using var room = new ExpositionRoom();
        Assert.Equal("", room.Render());

        room.Observe(Gauge, "t,k=x v=1 @\n");

        Assert.EndsWith("v{k=\"x\"} 1\n", room.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Collect_ThreeIntervalsWithoutAReading_HidesTheSeries()
    {
        using var room = new ExpositionRoom(null, Gauge);
        room.Observe(Gauge, "t,k=x v=1 @\n", Interval);

        room.Clock.Advance(TimeSpan.FromSeconds(29.9));
        Assert.NotEmpty(room.Render());

        room.Clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("", room.Render());
        Assert.Equal(1, room.Latest.Tables[0].Series);
    }

    [Fact]
    public void Collect_FiveMinutesStale_FreesTheSlot()
    {
        using var room = new ExpositionRoom(null, Gauge);
        room.Observe(Gauge, "t,k=x v=1 @\n", Interval);

        room.Clock.Advance(TimeSpan.FromSeconds(329.9));
        room.Render();
        Assert.Equal(1, room.Latest.Tables[0].Series);

        room.Clock.Advance(TimeSpan.FromSeconds(0.1));
        room.Render();
        Assert.Equal(0, room.Latest.Tables[0].Series);
    }

    [Fact]
    public void Observe_StaleSeriesReadAgain_IsShownAgain()
    {
        using var room = new ExpositionRoom(null, Gauge);
        room.Observe(Gauge, "t,k=x v=1 @\n", Interval);
        room.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("", room.Render());

        room.Observe(Gauge, "t,k=x v=2 @\n", Interval);

        Assert.EndsWith("v{k=\"x\"} 2\n", room.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Observe_RowsOfYesterday_AreNoPresentValues()
    {
        using var room = new ExpositionRoom(new ExpositionOptions { SeriesPerTable = 1 }, Gauge);

        room.Observe(Gauge, "t,k=a v=1 @-86400\nt,k=b v=1 @-86400\n", Interval);

        Assert.Equal("", room.Render());
        Assert.Equal(0, room.Latest.Tables[0].Series);
        Assert.Equal(0, room.Latest.Tables[0].Dropped);
    }

    [Fact]
    public void Observe_MoreSeriesThanTheCap_CountsTheRowsAndKeepsTheFirst()
    {
        using var room = new ExpositionRoom(new ExpositionOptions { SeriesPerTable = 2 }, Gauge);

        room.Observe(Gauge, "t,k=a v=1 @\nt,k=b v=1 @\nt,k=c v=1 @\nt,k=c v=2 @\nt,k=a v=3 @\n", Interval);

        Assert.EndsWith("gauge\nv{k=\"a\"} 3\nv{k=\"b\"} 1\n", room.Render(), StringComparison.Ordinal);
        Assert.Equal(2, room.Latest.Tables[0].Dropped);
    }

    [Fact]
    public void Observe_CapReachedBySeriesThatHaveLeft_TakesTheirSlotsWithoutAScrape()
    {
        using var room = new ExpositionRoom(new ExpositionOptions { SeriesPerTable = 2 }, Gauge);
        room.Observe(Gauge, "t,k=a v=1 @\nt,k=b v=1 @\n", Interval);
        room.Clock.Advance(TimeSpan.FromMinutes(6));

        room.Observe(Gauge, "t,k=c v=1 @\nt,k=d v=2 @\n", Interval);

        Assert.Equal(0, room.Latest.Tables[0].Dropped);
        string page = room.Render();
        Assert.Contains("v{k=\"c\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("v{k=\"d\"} 2\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("k=\"a\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Observe_KnownSeries_AllocatesNothing()
    {
        using var room = new ExpositionRoom(null, Gauge);
        byte[] lines = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 100).Select(i => $"t,k=s{i} v={i}.5 1767225600000000t\n")));

        Assert.Equal(0, Allocation.Least(() => room.Accepted.Observe(new LineRows(Gauge, lines, 100, Interval))));
    }

    [Fact]
    public async Task Observe_WhileRendering_NeverShowsHalfARow()
    {
        Table table = ExpositionRoom.Table("k SYMBOL, a LONG, -- A. [gauge a]\n b LONG -- B. [gauge b]");
        using var room = new ExpositionRoom(null, table);
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                room.Observe(table, $"t,k=x a={i}i,b={i}i @\n");
            }
        });

        for (int i = 0; i < 300; i++)
        {
            string[] lines = room.Render().Split('\n');
            string? a = Array.Find(lines, line => line.StartsWith("a{", StringComparison.Ordinal));
            string? b = Array.Find(lines, line => line.StartsWith("b{", StringComparison.Ordinal));
            Assert.Equal(a?[1..], b?[1..]);
        }

        await stop.CancelAsync();
        await writer;
    }
}
