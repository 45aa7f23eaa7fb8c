using System.Text;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Tests.Lines;

/// <summary>Whatever way a row is spelt, it is kept in one.</summary>
public sealed class LineRewriterTests
{
    private static readonly Table Table = TestTable.Make();

    [Theory]
    [InlineData("readings,k=a b=t 1700000000000000000\n", "readings,k=a,labels= b=t 1700000000000000000\n")]
    [InlineData("READINGS,labels=x,K=a b=TRUE 1700000000000000t", "readings,k=a,labels=x b=t 1700000000000000000\n")]
    [InlineData("readings,s=z,k=a b=f,l=007i,d=1 1700000000000m\n", "readings,k=a,labels=,s=z b=f,l=7i,d==\u0010\0\0\0\0\0\0\u00F0? 1700000000000000000\n")]
    [InlineData("readings,k=\\a\\,b b=t,s=\"x y\\\"=\" 1700000000000000000\n", "readings,k=a\\,b,labels=,s=x\\ y\"\\= b=t 1700000000000000000\n")]
    [InlineData("readings,v=a\\ \"b b=t,t=5m 1700000000000000000\r\n", "readings,k=,labels= b=t,t=5000t,v=\"a \\\"b\" 1700000000000000000\n")]
    [InlineData("readings,k=a b=t,l=,l=3i 1700000000000000000\n", "readings,k=a,labels= b=t 1700000000000000000\n")]
    [InlineData("readings,k=a b=t", "readings,k=a,labels= b=t 1699999999999999000\n")]
    public void Add_ARowInAnyForm_WritesTheOneForm(string line, string expected)
    {
        var reader = new LineReader(Table) { ArrivalMicros = TestTable.NowMicros - 1 };
        reader.Start(Encoding.Latin1.GetBytes(line), TimeWindow.At(TestTable.Now, Table));
        var rewriter = new LineRewriter(Table);

        Assert.Equal((LineStatus.Row, null), (reader.Read(), reader.Fault));
        rewriter.Add(reader);

        Assert.Equal(expected, TestTable.Text(rewriter.Written));
        Assert.Equal(1, rewriter.Rows);
    }

    [Theory]
    [InlineData("t,s=a 5000n", "t,s=a 5000\n")]
    [InlineData("t v= 5000n", "t s= 5000\n")]
    [InlineData("t,s=a v=,w= 5000n", "t,s=a 5000\n")]
    public void Add_ARowWithoutFields_CanBeReadAgain(string line, string expected)
    {
        Table table = TestTable.Read("CREATE TABLE t (ts TIMESTAMP, s SYMBOL, v LONG, w DOUBLE) TIMESTAMP(ts) PARTITION BY DAY WAL");
        var reader = new LineReader(table);
        reader.Start(Encoding.Latin1.GetBytes(line), TimeWindow.Any);
        var rewriter = new LineRewriter(table);
        Assert.Equal(LineStatus.Row, reader.Read());

        rewriter.Add(reader);

        Assert.Equal(expected, TestTable.Text(rewriter.Written));
        reader.Start(rewriter.Written.ToArray(), TimeWindow.Any);
        Assert.Equal((LineStatus.Row, null), (reader.Read(), reader.Fault));
    }

    [Fact]
    public void Adopt_MoreColumns_KeepsWhatIsWritten()
    {
        Table wider = Table.With([("extra", ColumnType.Long, null)]);
        var rewriter = new LineRewriter(Table);
        AddTo(rewriter, Table, "readings,k=a b=t 1700000000000000000\n");

        rewriter.Adopt(wider);
        AddTo(rewriter, wider, "readings,k=a b=t,extra=1i 1700000000000000000\n");

        Assert.Equal(
            "readings,k=a,labels= b=t 1700000000000000000\nreadings,k=a,labels= b=t,extra=1i 1700000000000000000\n",
            TestTable.Text(rewriter.Written));
    }

    [Fact]
    public void TakeBack_TheLastRow_LeavesTheOthers()
    {
        var rewriter = new LineRewriter(Table);
        AddTo(rewriter, Table, "readings,k=a b=t 1700000000000000000\n");
        string before = TestTable.Text(rewriter.Written);
        AddTo(rewriter, Table, "readings,k=b b=t 1700000000000000000\n");
        Assert.Equal("readings,k=b,labels=", Encoding.UTF8.GetString(rewriter.Series));

        rewriter.TakeBack();

        Assert.Equal((before, 1), (TestTable.Text(rewriter.Written), rewriter.Rows));
    }

    [Theory]
    [InlineData("readings,k=a\\ #,s=sym b=t,l=#i,d=1.5,t=#t,v=\"te\\\"xt\"")]
    [InlineData("readings,k=a b=t")]
    [InlineData("readings,k=a b=t,l=#i")]
    [InlineData("readings,k=a b=t,d=1.5")]
    [InlineData("readings,k=a b=t,v=\"x\"")]
    [InlineData("readings,k=a\\  b=t")]
    public void Add_RowsInSteadyState_AllocatesNothing(string line)
    {
        byte[] data = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => $"{line.Replace("#", $"{i}", StringComparison.Ordinal)} 1700000000000000000\n")));
        var reader = new LineReader(Table);
        var rewriter = new LineRewriter(Table);

        int rows = 0;
        long allocated = Allocation.Least(() =>
        {
            reader.Start(data, TimeWindow.Any);
            while (reader.Read() == LineStatus.Row)
            {
                rewriter.Add(reader);
            }

            rewriter.TakeBack();
            rows = rewriter.Rows;
            rewriter.Clear();
        });

        Assert.Equal(499, rows);
        Assert.Equal(0, allocated);
    }

    private static void AddTo(LineRewriter rewriter, Table table, string line)
    {
        var reader = new LineReader(table);
        reader.Start(Encoding.Latin1.GetBytes(line), TimeWindow.Any);
        Assert.Equal((LineStatus.Row, null), (reader.Read(), reader.Fault));
        rewriter.Add(reader);
    }
}
