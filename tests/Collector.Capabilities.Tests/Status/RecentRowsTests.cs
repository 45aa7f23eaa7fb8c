using System.Text;
using System.Text.Json;
using Collector.Capabilities.Status;
using Collector.Capabilities.Status.Recent;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe;
using Collector.Web;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Tests.Capabilities.Status;

public sealed class RecentRowsTests
{
    private const string Hostile = "<img src=x onerror=\"alert(1)\">";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _clock = new(TestTable.Now);
    private readonly Table _table = TestTable.Make();

    [Fact]
    public void Observe_RowsOfASource_TellTheLatestAndThePointsBeforeIt()
    {
        RecentRows rows = Rows(new PageOptions { Points = 3 });
        for (int i = 1; i <= 5; i++)
        {
            Observe(rows, Row("a", i, ("l", i), ("d", i / 2.0)));
        }

        JsonElement series = Assert.Single(Series(rows));
        Assert.Equal("a", series.GetProperty("key")[0].GetString());
        Assert.Equal((5, 2.5), (series.GetProperty("values").GetProperty("l").GetInt64(), series.GetProperty("values").GetProperty("d").GetDouble()));
        Assert.Equal([3, 4, 5], series.GetProperty("points").GetProperty("l").EnumerateArray().Select(point => point.GetInt64()));
        Assert.Equal((10, 5), (series.GetProperty("interval_seconds").GetDouble(), series.GetProperty("rows").GetInt64()));
    }

    [Fact]
    public void Observe_ValueThatARowLeavesOut_IsAbsentAndAGap()
    {
        RecentRows rows = Rows();
        Observe(rows, Row("a", 1, ("l", 7), ("d", 1.5)));
        Observe(rows, Row("a", 2, ("l", 8)));

        JsonElement series = Assert.Single(Series(rows));
        Assert.False(series.GetProperty("values").TryGetProperty("d", out _));
        Assert.Equal(["1.5", "null"], series.GetProperty("points").GetProperty("d").EnumerateArray().Select(point => point.GetRawText()));
    }

    [Fact]
    public void Observe_OlderRow_IsNoPresentValue_AndOneOfTheSameTimeTakesItsPlace()
    {
        RecentRows rows = Rows();
        Observe(rows, Row("a", 5, ("l", 5)));
        Observe(rows, Row("a", 4, ("l", 4)));
        Observe(rows, Row("a", 5, ("l", 50)));

        JsonElement series = Assert.Single(Series(rows));
        Assert.Equal(50, series.GetProperty("values").GetProperty("l").GetInt64());
        Assert.Equal(["50"], series.GetProperty("points").GetProperty("l").EnumerateArray().Select(point => point.GetRawText()));
    }

    [Fact]
    public void Observe_PushedRows_OnlyWhileSomebodyLooks()
    {
        RecentRows rows = Rows();
        Observe(rows, Row("pushed", 1, ("l", 1)), TimeSpan.Zero);
        Assert.Empty(rows.Tables);

        rows.Watch();
        Observe(rows, Row("pushed", 2, ("l", 2)), TimeSpan.Zero);
        Observe(rows, Row("read", 2, ("l", 2)));
        Assert.Equal(["pushed", "read"], Series(rows).Select(series => series.GetProperty("key")[0].GetString()!).Order());

        rows.Unwatch();
        Assert.Equal("read", Assert.Single(Series(rows)).GetProperty("key")[0].GetString());
    }

    [Fact]
    public void Observe_PushedRowsWhenNobodyLooks_AllocateNothing()
    {
        var rows = new AcceptedRows(Rows());
        var pushed = new LineRows(_table, Row("a", 1, ("l", 1)), 1, TimeSpan.Zero);
        rows.Observe(pushed);

        Assert.Equal(0, Allocation.Least(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                rows.Observe(pushed);
            }
        }));
    }

    [Theory]
    [InlineData(2, 500)]
    [InlineData(50, 2)]
    public void Observe_MoreSeriesThanMayBe_CountsTheRowsOfTheOthers(int perTable, int together)
    {
        RecentRows rows = Rows(new PageOptions { SeriesPerTable = perTable, Series = together });
        foreach (string key in new[] { "a", "b", "c", "c" })
        {
            Observe(rows, Row(key, 1, ("l", 1)));
        }

        Assert.Equal(["a", "b"], Series(rows).Select(series => series.GetProperty("key")[0].GetString()));
        Assert.Equal(2, Whole(rows).GetProperty("rows_left_out").GetInt64());
    }

    [Fact]
    public void Observe_SeriesThatIsSilentForLong_MakesRoom()
    {
        RecentRows rows = Rows(new PageOptions { Series = 1 });
        Observe(rows, Row("a", 1, ("l", 1)));
        _clock.Advance(TimeSpan.FromMinutes(9));
        Assert.Single(Series(rows));
        _clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Empty(Series(rows));
        Observe(rows, Row("b", 2, ("l", 1)));
        Assert.Equal("b", Assert.Single(Series(rows)).GetProperty("key")[0].GetString());
    }

    [Fact]
    public void Write_HostileText_HoldsNothingThatHtmlReads()
    {
        RecentRows rows = Rows();
        Observe(rows, Row(Hostile, 1, ("v", $"{Hostile}\n\u2028'")));

        string json = Text(rows);

        Assert.DoesNotContain('<', json);
        Assert.DoesNotContain('\'', json);
        Assert.DoesNotContain('\n', json);
        Assert.Equal(Hostile, Assert.Single(Series(rows)).GetProperty("key")[0].GetString());
        Assert.Equal($"{Hostile}\n\u2028'", Assert.Single(Series(rows)).GetProperty("values").GetProperty("v").GetString());
    }

    [Fact]
    public void Write_LongText_IsCutAndSaysSo()
    {
        RecentRows rows = Rows();
        Observe(rows, Row("a", 1, ("v", new string('é', 5000))));

        string shown = Assert.Single(Series(rows)).GetProperty("values").GetProperty("v").GetString()!;

        Assert.Equal(new string('é', 200) + "…", shown);
    }

    [Fact]
    public void Write_IntegerThatADoubleCannotHold_IsText()
    {
        RecentRows rows = Rows();
        Observe(rows, Row("a", 1, ("l", long.MaxValue)));

        Assert.Equal("\"9223372036854775807\"", Assert.Single(Series(rows)).GetProperty("values").GetProperty("l").GetRawText());
    }

    [Fact]
    public void WriteNews_SecondTime_HoldsOnlyWhatIsNewAndWhatIsGone()
    {
        RecentRows rows = Rows();
        Observe(rows, Row("a", 1, ("l", 1)));
        Observe(rows, Row("b", 1, ("l", 1)));
        Assert.True(News(rows)!.Value.TryGetProperty("columns", out _));
        Assert.Null(News(rows));

        Observe(rows, Row("b", 2, ("l", 2)));
        Observe(rows, Row("b", 3, ("l", 3)));
        JsonElement news = News(rows)!.Value;
        JsonElement series = Assert.Single(news.GetProperty("series").EnumerateArray());
        Assert.False(news.TryGetProperty("columns", out _));
        Assert.Equal([2, 3], series.GetProperty("points").GetProperty("l").EnumerateArray().Select(point => point.GetInt64()));

        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, News(rows)!.Value.GetProperty("gone").GetArrayLength());
        Assert.Null(News(rows));
    }

    [Fact]
    public void Observe_TableThatGotAColumn_ShowsIt()
    {
        RecentRows rows = Rows();
        Table narrow = TestTable.Read("CREATE TABLE t (ts TIMESTAMP, k SYMBOL, n LONG) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)");
        Table wide = TestTable.Read("CREATE TABLE t (ts TIMESTAMP, k SYMBOL, n LONG, m LONG) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)");
        Observe(rows, "t,k=a n=1i 1000000000t\n"u8.ToArray(), Interval, narrow);
        Observe(rows, "t,k=a n=1i,m=2i 2000000000t\n"u8.ToArray(), Interval, wide);
        Observe(rows, "t,k=a n=1i 3000000000t\n"u8.ToArray(), Interval, narrow);

        Assert.Equal(["n", "m"], Whole(rows).GetProperty("columns").EnumerateArray().Select(column => column.GetProperty("name").GetString()));
        Assert.Equal(2, Assert.Single(Series(rows)).GetProperty("rows").GetInt64());
    }

    [Fact]
    public void Write_WideTable_ShowsTheFirstColumnsAndCountsTheOthers()
    {
        RecentRows rows = Rows();
        Table wide = TestTable.Read($"CREATE TABLE t (ts TIMESTAMP, k SYMBOL{string.Concat(Enumerable.Range(0, 70).Select(i => $", c{i} LONG"))}) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)");
        Observe(rows, "t,k=a c0=1i,c63=2i,c64=3i 1000000000t\n"u8.ToArray(), Interval, wide);

        Assert.Equal((64, 6), (Whole(rows).GetProperty("columns").GetArrayLength(), Whole(rows).GetProperty("columns_left_out").GetInt32()));
        Assert.Equal(["c0", "c63"], Assert.Single(Series(rows)).GetProperty("values").EnumerateObject().Select(value => value.Name));
    }

    private static JsonElement Whole(RecentRows rows) => JsonDocument.Parse(Text(rows)).RootElement;

    private static JsonElement[] Series(RecentRows rows) => [.. Whole(rows).GetProperty("series").EnumerateArray()];

    private static string Text(RecentRows rows) => Encoding.UTF8.GetString(JsonText.Of(Assert.Single(rows.Tables).Write));

    private static JsonElement? News(RecentRows rows)
    {
        bool any = false;
        byte[] json = JsonText.Of(writer =>
        {
            writer.WriteStartArray();
            any = Assert.Single(rows.Tables).WriteNews(writer);
            writer.WriteEndArray();
        });
        return any ? JsonDocument.Parse(json).RootElement[0] : null;
    }

    private RecentRows Rows(PageOptions? options = null) => new(options ?? new PageOptions(), _clock);

    private void Observe(RecentRows rows, byte[] lines, TimeSpan? interval = null, Table? table = null) =>
        new AcceptedRows(rows).Observe(new LineRows(table ?? _table, lines, 1, interval ?? Interval));

    private byte[] Row(string key, int second, params (string Column, object Value)[] values)
    {
        var writer = new LineWriter(_table, _clock);
        writer.Begin(key, "labels");
        writer.Set(_table["b"], true);
        foreach ((string column, object value) in values)
        {
            switch (value)
            {
                case int number:
                    writer.Set(_table[column], (long)number);
                    break;
                case long number:
                    writer.Set(_table[column], number);
                    break;
                case double number:
                    writer.Set(_table[column], number);
                    break;
                default:
                    writer.Set(_table[column], (string)value);
                    break;
            }
        }

        Assert.Null(writer.End(TestTable.Now.AddSeconds(second - 60)));
        return writer.Written.ToArray();
    }
}
