using System.Text;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Tests.Lines;

/// <summary>Increases of pushed counters: their sum over all rows is what the counter grew by, whatever comes twice or late.</summary>
public sealed class PushedCountersTests
{
    private static readonly Table Table = TestTable.Read(
        "CREATE TABLE t (ts TIMESTAMP, k SYMBOL, c LONG, c_delta LONG, d DOUBLE) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)");

    private readonly CounterBaselines _baselines = new();
    private readonly PushedCounters _counters;

    public PushedCountersTests() => _counters = new PushedCounters(Table, _baselines);

    [Fact]
    public void Run_RowsInOrder_GivesEachTheIncreaseOfItsSeries()
    {
        Assert.Equal([null, 5, 0, null, 3], Push("a 1 10", "a 2 15", "a 3 15", "b 3 100", "a 4 18"));
    }

    [Fact]
    public void Run_CounterThatBeganAnew_CountsAllOfItAsIncrease()
    {
        Assert.Equal([null, 4], Push("a 1 10", "a 2 4"));
    }

    [Fact]
    public void Run_TheLastRowAgain_KeepsItsIncrease()
    {
        Push("a 1 10", "a 2 15");

        Assert.Equal([5], Push("a 2 15"));
        Assert.Equal([7], Push("a 2 17"));
        Assert.Equal([3], Push("a 3 20"));
    }

    [Fact]
    public void Run_ALateRow_CountsNothing_BecauseTheLaterOneDid()
    {
        Push("a 1 10", "a 5 50");

        Assert.Equal([0], Push("a 3 30"));
        Assert.Equal([10], Push("a 6 60"));
    }

    [Fact]
    public void Run_IncreasesThatTheSenderGave_AreKept_AndMoveTheBaseline()
    {
        Push("a 1 10");

        Assert.Equal([99], Push("a 2 15 99"));
        Assert.Equal([5], Push("a 3 20"));
    }

    [Fact]
    public void Discard_RowsThatWereKeptNowhere_PutsTheBaselineBack()
    {
        Push("a 1 10", "a 2 12");
        Run(["a 3 20", "a 4 30"]);
        _counters.Discard();

        Assert.Equal([8, 10], Push("a 3 20", "a 4 30"));
    }

    [Fact]
    public void Run_AfterARestart_GoesOnFromWhatWasSaved()
    {
        Push("a 1 10", "a 2 15");
        var saved = new List<CounterState>();
        _baselines.SaveChanged(saved.Add);
        var after = new CounterBaselines();
        saved.ForEach(after.Load);
        var counters = new PushedCounters(Table, after);

        Assert.Equal([5, 1], Deltas(counters.Run(Lines(["a 2 15", "a 3 16"]))));
    }

    private List<long?> Push(params string[] rows)
    {
        List<long?> deltas = Run(rows);
        _counters.Keep();
        return deltas;
    }

    private List<long?> Run(string[] rows) => Deltas(_counters.Run(Lines(rows)));

    /// <summary>Rows as <c>key second value [delta]</c>, in the form in which they are kept.</summary>
    private static byte[] Lines(string[] rows) => Encoding.UTF8.GetBytes(string.Concat(rows.Select(row => row.Split(' ') switch
    {
        [var key, var second, var value] => $"t,k={key} c={value}i {second}000000000\n",
        [var key, var second, var value, var delta] => $"t,k={key} c={value}i,c_delta={delta}i {second}000000000\n",
        _ => throw new ArgumentException(row),
    })));

    private static List<long?> Deltas(ReadOnlyMemory<byte> lines)
    {
        var reader = new LineReader(Table);
        reader.Start(lines, TimeWindow.Any);
        var deltas = new List<long?>();
        while (reader.Read() == LineStatus.Row)
        {
            deltas.Add(reader.Has(Table["c_delta"]) ? reader.Long(Table["c_delta"]) : null);
        }

        Assert.Null(reader.Fault);
        return deltas;
    }
}
