using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Spool;
using Collector.Pipe.State;
using Collector.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.Tests.Pipe.State;

public sealed class PendingCountersTests : IDisposable
{
    private static readonly Table Table = TestTable.Read(
        "CREATE TABLE t (ts TIMESTAMP, k SYMBOL, l SYMBOL, s SYMBOL, c LONG, c_delta LONG, g LONG, g_delta LONG, d DOUBLE) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k, l)");

    private static readonly TableCatalog Tables = new([Table]);

    private readonly SpoolFixture _fixture = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _fixture.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Resume_KilledBetweenAppendAndSave_CountsTheIncreaseOnce()
    {
        SpoolDirectory spool = _fixture.Open();
        using LocalState state = OpenState(_folder.Path);
        Append(spool, Write(state.Baselines, ("a", 100)));
        state.Save();
        Append(spool, Write(state.Baselines, ("a", 130))); // and here it is killed, the state not saved
        foreach (string file in Directory.GetFiles(_folder.Path))
        {
            File.Copy(file, Path.Combine(Directory.CreateDirectory(_folder.File("killed")).FullName, Path.GetFileName(file)));
        }

        SpoolDirectory after = _fixture.OpenAsAfterKill(out _);
        using LocalState next = OpenState(_folder.File("killed"));
        Assert.Equal(100, next.Baselines.For("t", "c").Of(Series("a")).Value);
        PendingCounters.Resume(after, Tables, next.Baselines);

        Assert.Contains("c=150i,c_delta=20i", Text(Write(next.Baselines, ("a", 150))), StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_Rows_LastOfEachSeriesCountsAndIsSaved()
    {
        SpoolDirectory spool = _fixture.Open();
        var writer = new CounterBaselines();
        Append(spool, Write(writer, ("a", 1), ("b,=\\ x", 10), ("", 7)));
        Append(spool, Write(writer, ("a", 5), ("a", 3))); // began anew
        var baselines = new CounterBaselines();

        PendingCounters.Resume(spool, Tables, baselines);

        var saved = new List<(string Column, string Series, long Value)>();
        baselines.SaveChanged(state => saved.Add((state.Column, System.Text.Encoding.UTF8.GetString(state.Series), state.Value)));
        Assert.Equal([("c", @"t,k=,l=l", 7), ("c", @"t,k=a,l=l", 3), ("c", @"t,k=b\,\=\\\ x,l=l", 10)], saved.Where(state => state.Column == "c").Order());
        Assert.Equal([("c_delta", @"t,k=a,l=l", 3)], saved.Where(state => state.Column == "c_delta")); // for a pushed row that comes again
        Assert.Equal(3, saved.Count(state => state.Column == "ts"));
        Assert.Contains("c=12i,c_delta=2i", Text(Write(baselines, ("b,=\\ x", 12))), StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_DeliveredRowsAndNotKnownHowFarTheSavedGo_LeaveWhatWasSaved()
    {
        SpoolDirectory spool = _fixture.Open();
        Append(spool, Write(new CounterBaselines(), ("a", 5)));
        spool.Log("t").Complete(1, 1);
        var baselines = new CounterBaselines { IsProgressKnown = false }; // as the version before saved them
        baselines.Load(new CounterState("t", "c", Series("a"), 9));

        PendingCounters.Resume(spool, Tables, baselines);

        Assert.Equal(9, baselines.For("t", "c").Of(Series("a")).Value);
    }

    [Fact]
    public void Resume_RowsOfOthersOrBroken_ArePassedOver()
    {
        SpoolDirectory spool = _fixture.Open();
        Append(spool, "t,k=a c=5i 1000\nt,k=a,l=l c=\"x\" 1000\nt,k=a,l=l g=8i 1000\n"u8.ToArray(), 3);
        SpoolFixture.Append(spool.Log("trades"));
        var baselines = new CounterBaselines();

        PendingCounters.Resume(spool, Tables, baselines);

        Assert.Equal((null, 8), (baselines.For("t", "c").Of(Series("a")).Value, baselines.For("t", "g").Of(Series("a")).Value));
    }

    [Fact]
    public void Resume_LongBacklogAndNotKnownHowFarTheSavedGo_ReadsItsEndAlone()
    {
        _fixture.Options = _fixture.Options with { SegmentBytes = ByteSize.KiB(64) };
        SpoolDirectory spool = _fixture.Open();
        var writer = new CounterBaselines();
        Append(spool, Write(writer, ("old", 1)));
        for (int i = 0; i < 2000; i++)
        {
            Append(spool, Write(writer, ("a", i), ("b", i)));
        }

        Assert.True(spool.Log("t").TotalBytes > 3 * 64 * 1024);
        var baselines = new CounterBaselines { IsProgressKnown = false };
        PendingCounters.Resume(spool, Tables, baselines);

        Assert.Equal((1999, 1999, null), (Value("a"), Value("b"), Value("old")));

        long? Value(string key) => baselines.For("t", "c").Of(Series(key)).Value;
    }

    [Fact]
    public void Resume_KnownHowFarTheSavedGo_ReadsWhatFollowsDeliveredOrNot()
    {
        SpoolDirectory spool = _fixture.Open();
        var writer = new CounterBaselines();
        Append(spool, Write(writer, ("a", 1), ("b", 1)));
        Append(spool, Write(writer, ("b", 5)));
        spool.Log("t").Complete(1, 2);
        var baselines = new CounterBaselines();
        baselines.ProgressOf("t").Record = 1;

        PendingCounters.Resume(spool, Tables, baselines);

        Assert.Equal((null, 5), (baselines.For("t", "c").Of(Series("a")).Value, baselines.For("t", "c").Of(Series("b")).Value));
        Assert.Equal(2UL, baselines.ProgressOf("t").Record);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Resume_LogBegunAnew_ReadsItFromItsBeginning(bool hasRows)
    {
        SpoolDirectory spool = _fixture.Open();
        if (hasRows)
        {
            Append(spool, Write(new CounterBaselines(), ("a", 3)));
        }

        var baselines = new CounterBaselines();
        baselines.ProgressOf("t").Record = 1_000;

        PendingCounters.Resume(spool, Tables, baselines);

        Assert.Equal(hasRows ? 3 : null, baselines.For("t", "c").Of(Series("a")).Value);
        Assert.Equal(hasRows ? 1UL : 0UL, baselines.ProgressOf("t").Record);
    }

    [Fact]
    public void Resume_RowPushedLate_LeavesTheSeriesWhereItsLastRowIs()
    {
        SpoolDirectory spool = _fixture.Open();
        Append(spool, "t,k=a,l=l c=50i,c_delta=20i 5000000000\nt,k=a,l=l c=30i,c_delta=0i 3000000000\n"u8.ToArray(), 2);
        var baselines = new CounterBaselines();

        PendingCounters.Resume(spool, Tables, baselines);

        Assert.Equal((50, 5_000_000), (baselines.For("t", "c").Of(Series("a")).Value, baselines.For("t", "ts").Of(Series("a")).Value));
    }

    private static LocalState OpenState(string folder) => LocalState.Open(Path.Combine(folder, "state.db"), new NullLogger<LocalState>());

    private static byte[] Series(string key) => System.Text.Encoding.UTF8.GetBytes($"t,k={key},l=l");

    private (byte[] Lines, int Rows) Write(CounterBaselines baselines, params (string Key, long Value)[] rows)
    {
        var writer = new LineWriter(Table, _fixture.Time, baselines);
        foreach ((string key, long value) in rows)
        {
            writer.Begin(key, "l");
            writer.Set(Table["s"], "x");
            writer.Set(Table["d"], BitConverter.Int64BitsToDouble(0x0A0A_0A0A_0A0A_0A0A));
            writer.Set(Table["c"], value);
            Assert.Null(writer.End(_fixture.Time.GetUtcNow()));
        }

        byte[] lines = writer.Written.ToArray();
        writer.Clear();
        return (lines, rows.Length);
    }

    private static void Append(SpoolDirectory spool, (byte[] Lines, int Rows) written) => Append(spool, written.Lines, written.Rows);

    private static void Append(SpoolDirectory spool, byte[] lines, int rows) =>
        Assert.Equal(AppendStatus.Appended, SpoolFixture.TryAppend(spool.Log("t"), lines, rows).Status);

    private static string Text((byte[] Lines, int Rows) written) => System.Text.Encoding.Latin1.GetString(written.Lines);
}
