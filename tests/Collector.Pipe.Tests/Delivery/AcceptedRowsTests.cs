using System.Text;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe;

namespace Collector.Tests.Pipe.Delivery;

public sealed class AcceptedRowsTests
{
    private static readonly Table Narrow = ExpositionRoom.Table("k SYMBOL,\na LONG");
    private static readonly Table Wide = ExpositionRoom.Table("k SYMBOL,\na LONG,\nb LONG");

    [Fact]
    public void Observe_ForSeveral_ShowsEachRowToEachByTheSameReader()
    {
        var first = new Listener();
        var second = new Listener();

        new AcceptedRows(first, second).Observe(Rows(Narrow, "t,k=x a=1i 1000\nt,k=y a=2i 2000\n"));

        Assert.Equal(["x 1", "y 2"], first.Seen);
        Assert.Equal(["x 1", "y 2"], second.Seen);
        Assert.Single(first.Readers.Concat(second.Readers).Distinct());
        Assert.Equal((1, 1), (first.Ended, second.Ended));
    }

    [Fact]
    public void Observe_OneWhoDoesNotCare_SeesNothing()
    {
        var deaf = new Listener { IsDeaf = true };
        var other = new Listener();

        new AcceptedRows(deaf, other).Observe(Rows(Narrow, "t,k=x a=1i 1000\n"));

        Assert.Empty(deaf.Seen);
        Assert.Equal(0, deaf.Ended);
        Assert.Equal(["x 1"], other.Seen);
    }

    /// <summary>Two writers side by side: one still has the table as it was before the other's column was made.</summary>
    [Fact]
    public void Observe_RowsOfATableAsItWas_AreReadAsRowsOfTheWiderOne()
    {
        var listener = new Listener();
        var rows = new AcceptedRows(listener);

        rows.Observe(Rows(Wide, "t,k=x a=1i,b=7i 1000\n"));
        rows.Observe(Rows(Narrow, "t,k=y a=2i 2000\n"));

        Assert.Equal(["x 1", "y 2"], listener.Seen);
        Assert.All(listener.Tables, table => Assert.Same(Wide, table));
    }

    [Fact]
    public void Observe_ListenerThatFails_EndsTheBatchesAndLeavesTheNextAlone()
    {
        var failing = new Listener { Fails = true };
        var other = new Listener();
        var rows = new AcceptedRows(other, failing);

        Assert.Throws<InvalidOperationException>(() => rows.Observe(Rows(Narrow, "t,k=x a=1i 1000\n")));
        Assert.Equal((1, 1), (failing.Ended, other.Ended));

        failing.Fails = false;
        rows.Observe(Rows(Narrow, "t,k=y a=2i 2000\n"));
        Assert.Equal("y 2", failing.Seen[^1]);
    }

    private static LineRows Rows(Table table, string lines) => new(table, Encoding.UTF8.GetBytes(lines), 1, TimeSpan.Zero);

    private sealed class Listener : IRowObserver, IRowBatch
    {
        public bool IsDeaf { get; init; }

        public bool Fails { get; set; }

        public List<string> Seen { get; } = [];

        public List<LineReader> Readers { get; } = [];

        public List<Table> Tables { get; } = [];

        public int Ended { get; private set; }

        public IRowBatch? Begin(in LineRows rows)
        {
            Tables.Add(rows.Table);
            return IsDeaf ? null : this;
        }

        public void Observe(LineReader row)
        {
            if (Fails)
            {
                throw new InvalidOperationException("This listener fails.");
            }

            Seen.Add($"{row.Text(row.Table["k"])} {row.Long(row.Table["a"])}");
            Readers.Add(row);
        }

        public void End() => Ended++;
    }
}
