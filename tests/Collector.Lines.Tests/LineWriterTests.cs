using Collector.Lines;
using Collector.Lines.Tables;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Tests.Lines;

public class LineWriterTests
{
    private const string End = " 1700000000000000000\n";

    private readonly FakeTimeProvider _clock = new(TestTable.Now);
    private readonly Table _table = TestTable.Make();
    private readonly CounterBaselines _baselines = new();
    private readonly LineWriter _writer;

    public LineWriterTests() => _writer = new LineWriter(_table, _clock, _baselines, capacity: 16);

    [Fact]
    public void End_RowOfEveryType_IsTheGoldenLine()
    {
        _writer.Begin("key", null);
        _writer.Set(_table["s"], "symbol");
        _writer.Set(_table["b"], true);
        _writer.Set(_table["l"], -42);
        _writer.Set(_table["d"], 42.5);
        _writer.Set(_table["t"], (DateTimeOffset?)TestTable.Now);
        _writer.Set(_table["v"], "some text");

        Assert.Null(_writer.End(TestTable.Now));

        Assert.Equal(
            "readings,k=key,labels=,s=symbol b=t,l=-42i,d==\u0010\0\0\0\0\0@E@,t=1700000000000000t,v=\"some text\"" + End,
            TestTable.Text(_writer));
        Assert.Equal(1, _writer.Rows);
    }

    [Fact]
    public void Set_Null_WritesNothing()
    {
        _writer.Begin("k", "l");
        _writer.Set(_table["s"], (string?)null);
        _writer.Set(_table["b"], false);
        _writer.Set(_table["l"], (long?)null);
        _writer.Set(_table["d"], (double?)null);
        _writer.Set(_table["t"], (DateTimeOffset?)null);
        _writer.Set(_table["v"], (string?)null);

        Assert.Null(_writer.End(TestTable.Now));
        Assert.Equal("readings,k=k,labels=l b=f" + End, TestTable.Text(_writer));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("a b", "a\\ b")]
    [InlineData("a,b", "a\\,b")]
    [InlineData("a=b", "a\\=b")]
    [InlineData("a\\b", "a\\\\b")]
    [InlineData("a\nb", "a\\\nb")]
    [InlineData("a\rb", "a\\\rb")]
    [InlineData("a\"b", "a\"b")]
    [InlineData("\\", "\\\\")]
    [InlineData(" ,=\\\n\r", "\\ \\,\\=\\\\\\\n\\\r")]
    [InlineData("exactly sixteen.", "exactly\\ sixteen.")]
    [InlineData("exactly_sixteen.", "exactly_sixteen.")]
    [InlineData("seventeen_letters", "seventeen_letters")]
    [InlineData("eight888", "eight888")]
    [InlineData("seven,7", "seven\\,7")]
    [InlineData("12345678,", "12345678\\,")]
    [InlineData(",23456789", "\\,23456789")]
    [InlineData("a\tb\u007f\u0001", "a\tb\u007f\u0001")]
    [InlineData("a\0", "a\\\0")]
    [InlineData("é", "Ã©")]
    [InlineData("1234567é", "1234567Ã©")]
    public void Begin_HostileKey_IsEscaped(string key, string expected)
    {
        _writer.Begin(key, null);
        _writer.Set(_table["b"], true);

        Assert.Null(_writer.End(TestTable.Now));
        Assert.Equal($"readings,k={expected},labels= b=t{End}", TestTable.Text(_writer));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("a b,c=d", "a b,c=d")]
    [InlineData("\"", "\\\"")]
    [InlineData("a\\", "a\\\\")]
    [InlineData("a\nb\rc", "a\\\nb\\\rc")]
    [InlineData("\0", "\0")]
    [InlineData("😀", "ð\u009f\u0098\u0080")]
    public void Set_HostileText_IsEscaped(string text, string expected)
    {
        _writer.Begin("k", null);
        _writer.Set(_table["b"], true);
        _writer.Set(_table["v"], text);

        Assert.Null(_writer.End(TestTable.Now));
        Assert.Equal($"readings,k=k,labels= b=t,v=\"{expected}\"{End}", TestTable.Text(_writer));
    }

    [Fact]
    public void Constructor_NamesThatWantEscapes_AreEscaped()
    {
        Table table = TestTable.Read("CREATE TABLE \"my table\" (ts TIMESTAMP, \"a b\" SYMBOL, \"c=d\" LONG, \"a name that is longer than a pair of vectors\" DOUBLE) TIMESTAMP(ts) PARTITION BY DAY WAL");
        var writer = new LineWriter(table, _clock, capacity: 1);
        writer.Begin();
        writer.Set(table["a b"], "x");
        writer.Set(table["c=d"], 1);
        writer.Set(table["a name that is longer than a pair of vectors"], 0);

        Assert.Null(writer.End(0));
        Assert.Equal("my\\ table,a\\ b=x c\\=d=1i,a\\ name\\ that\\ is\\ longer\\ than\\ a\\ pair\\ of\\ vectors==\u0010\0\0\0\0\0\0\0\0 0000\n", TestTable.Text(writer));
    }

    [Theory]
    [InlineData(0, "0000")]
    [InlineData(1, "1000")]
    [InlineData(999_999_999_999_999, "999999999999999000")]
    [InlineData(1_000_000_000_000_000, "1000000000000000000")]
    [InlineData(1_699_999_999_000_001, "1699999999000001000")]
    [InlineData(1_699_999_999_999_999, "1699999999999999000")]
    [InlineData(1_700_000_000_123_456, "1700000000123456000")]
    [InlineData(1_700_000_000_100_200, "1700000000100200000")]
    public void End_Time_IsNanoseconds(long micros, string expected)
    {
        Table table = TestTable.Read("CREATE TABLE t (ts TIMESTAMP, v LONG) TIMESTAMP(ts) PARTITION BY DAY WAL");
        var writer = new LineWriter(table, _clock);
        foreach (long time in new[] { 1_700_000_000_000_000, micros, micros })
        {
            writer.Begin();
            writer.Set(table["v"], 1);
            Assert.Null(writer.End(time));
        }

        Assert.Equal($"t v=1i{End}t v=1i {expected}\nt v=1i {expected}\n", TestTable.Text(writer));
    }

    public static TheoryData<string, string, string> Faults => new()
    {
        { "nan", nameof(LineFaultKind.Value), "d" },
        { "infinity", nameof(LineFaultKind.Value), "d" },
        { "least long", nameof(LineFaultKind.Value), "l" },
        { "least long as double counter", nameof(LineFaultKind.Value), "c" },
        { "negative counter", nameof(LineFaultKind.Value), "c" },
        { "surrogate in key", nameof(LineFaultKind.Text), "k" },
        { "surrogate in text", nameof(LineFaultKind.Text), "v" },
        { "long key", nameof(LineFaultKind.Value), "k" },
        { "long key in bytes", nameof(LineFaultKind.Value), "k" },
        { "long labels", nameof(LineFaultKind.Value), "labels" },
        { "long text", nameof(LineFaultKind.Value), "v" },
        { "no boolean", nameof(LineFaultKind.Missing), "b" },
        { "too new", nameof(LineFaultKind.Timestamp), "" },
        { "too old", nameof(LineFaultKind.Timestamp), "" },
        { "negative time", nameof(LineFaultKind.Timestamp), "" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void End_BadRow_IsTakenBackAndLeavesItsNeighbours(string what, string kind, string field)
    {
        Good(10);
        string before = TestTable.Text(_writer);

        LineFault? fault = Bad(what);

        Assert.NotNull(fault);
        Assert.Equal((kind, field, 0, 0), (fault.Kind.ToString(), fault.Field, fault.Line, fault.Position));
        Assert.NotEmpty(fault.Message);
        Assert.Equal(fault.Message, fault.ToString());
        Assert.Equal(before, TestTable.Text(_writer));
        Assert.Equal(1, _writer.Rows);

        // The counter goes on from the row that stands: 10, not 1000.
        Good(13);
        Assert.Equal(before + $"readings,k=k,labels=l b=t,c=13i,c_delta=3i{End}", TestTable.Text(_writer));
        Assert.Equal(2, _writer.Rows);
    }

    [Theory]
    [InlineData(60_000_000, true)]
    [InlineData(60_000_001, false)]
    [InlineData(-90L * 86_400 * 1_000_000, true)]
    [InlineData((-90L * 86_400 * 1_000_000) - 1, false)]
    public void End_TimeAtTheWindowsEdge_IsTakenUpToIt(long offset, bool taken)
    {
        _writer.Begin("k", "l");
        _writer.Set(_table["b"], true);

        Assert.Equal(taken, _writer.End(TestTable.NowMicros + offset) is null);
    }

    [Fact]
    public void Clear_Later_ReadsTheClock()
    {
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.NotNull(End(TestTable.Now.AddMinutes(61)));
        _writer.Clear();
        Assert.Null(End(TestTable.Now.AddMinutes(61)));

        LineFault? End(DateTimeOffset time)
        {
            _writer.Begin("k", "l");
            _writer.Set(_table["b"], true);
            return _writer.End(time);
        }
    }

    [Fact]
    public void Set_CounterReadings_WritesTheIncreaseBesideThem()
    {
        foreach (long reading in new long[] { 5, 5, 9, 2, 2, 0, long.MaxValue })
        {
            Good(reading);
        }

        Good(7, key: "other");
        string[] fields = [.. TestTable.Text(_writer).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[1])];
        Assert.Equal(
            [
                "b=t,c=5i",                     // nothing before it
                "b=t,c=5i,c_delta=0i",
                "b=t,c=9i,c_delta=4i",
                "b=t,c=2i,c_delta=2i",          // began anew: all of it is increase
                "b=t,c=2i,c_delta=0i",
                "b=t,c=0i,c_delta=0i",
                "b=t,c=9223372036854775807i,c_delta=9223372036854775807i",
                "b=t,c=7i",                     // another series
            ],
            fields);
    }

    [Fact]
    public void Set_CounterWithoutBaselines_WritesNoDelta()
    {
        var writer = new LineWriter(_table, _clock);
        for (int i = 0; i < 2; i++)
        {
            writer.Begin("k", "l");
            writer.Set(_table["b"], true);
            writer.Set(_table["c"], 5);
            Assert.Null(writer.End(TestTable.Now));
        }

        Assert.DoesNotContain("c_delta", TestTable.Text(writer), StringComparison.Ordinal);
    }

    [Fact]
    public void Discard_RowsKeptNowhere_GivesTheirIncreaseToTheNext()
    {
        Good(10);
        _writer.Clear();
        Good(15);
        Good(17);
        _writer.Discard();
        Good(20);

        Assert.Contains("c=20i,c_delta=10i", TestTable.Text(_writer), StringComparison.Ordinal);
        Assert.Equal(1, _writer.Rows);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ClearOrBegin_RowNotEnded_GivesItsIncreaseToTheNext(bool clear)
    {
        Good(10);
        _writer.Begin("k", "l");
        _writer.Set(_table["c"], 15);
        if (clear)
        {
            _writer.Clear();
        }

        Good(20);

        Assert.Contains("c=20i,c_delta=10i", TestTable.Text(_writer), StringComparison.Ordinal);
        Assert.DoesNotContain("c=15i", TestTable.Text(_writer), StringComparison.Ordinal);
    }

    [Fact]
    public void End_Refused_ShowsTheRowWithoutWhatCouldNotBeWritten()
    {
        _writer.Begin("first", "l");
        _writer.Set(_table["b"], true);
        Assert.Null(_writer.End(TestTable.Now));
        _writer.Begin("k", "l");
        _writer.Set(_table["b"], true);
        _writer.Set(_table["d"], double.NaN);
        _writer.Set(_table["l"], 7);

        Assert.NotNull(_writer.End(TestTable.Now));

        Assert.Equal("readings,k=k,labels=l b=t,l=7i" + End, TestTable.Text(_writer.Refused));
        Assert.Equal("readings,k=first,labels=l b=t" + End, TestTable.Text(_writer));
    }

    [Theory]
    [InlineData(-1, "-1000")]
    [InlineData(-5_000_000, "-5000000000")]
    [InlineData(long.MinValue, "-9223372036854775808000")]
    [InlineData(long.MaxValue, "9223372036854775807000")]
    public void End_TimeThatNoTableTakes_ShowsItInTheRefusedRow(long micros, string shown)
    {
        _writer.Begin("k", "l");
        _writer.Set(_table["b"], true);

        Assert.NotNull(_writer.End(micros));

        Assert.Equal($"readings,k=k,labels=l b=t {shown}\n", TestTable.Text(_writer.Refused));
    }

    [Fact]
    public void Set_CounterBehindAFault_MakesNoSeriesOfHalfAKey()
    {
        _writer.Begin("k\uD800", "l");
        _writer.Set(_table["b"], true);
        _writer.Set(_table["c"], 15);
        Assert.NotNull(_writer.End(TestTable.Now));

        var saved = new List<CounterState>();
        _baselines.SaveChanged(saved.Add);
        Assert.Empty(saved);
    }

    [Fact]
    public void Misuse_EachKind_ThrowsAndWritesNothing()
    {
        Table other = TestTable.Make();
        Assert.Throws<InvalidOperationException>(() => _writer.Set(_table["b"], true));
        Assert.Throws<InvalidOperationException>(() => _writer.End(TestTable.Now));
        Assert.Throws<ArgumentException>(() => _writer.Begin("one"));
        _writer.Begin("k", "l");
        Assert.Throws<InvalidOperationException>(() => _writer.Set(_table["k"], "again"));
        Assert.Throws<InvalidOperationException>(() => _writer.Set(other["b"], true));
        _writer.Set(_table["b"], true);
        Assert.Throws<InvalidOperationException>(() => _writer.Set(_table["b"], true));
        Assert.Throws<InvalidOperationException>(() => _writer.Set(_table["s"], "late"));
        Assert.Throws<InvalidOperationException>(() => _writer.Set(_table["d"], true));
        Assert.Throws<InvalidOperationException>(() => _writer.Set(_table["v"], 1.0));
        Assert.Throws<InvalidOperationException>(() => _writer.Set(_table["v"], 1L));
        Assert.Throws<InvalidOperationException>(() => _writer.Set(_table["l"], "text"));
        Assert.Throws<InvalidOperationException>(() => _writer.Set(_table["l"], (DateTimeOffset?)TestTable.Now));
        Assert.Null(_writer.End(TestTable.Now));
        Assert.Equal("readings,k=k,labels=l b=t" + End, TestTable.Text(_writer));
    }

    [Fact]
    public void End_RowOfKeysAndAState_Stands()
    {
        Table table = TestTable.Read("CREATE TABLE t (ts TIMESTAMP, k SYMBOL, v LONG, state SYMBOL) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)");
        var writer = new LineWriter(table, _clock);
        writer.Begin("k");
        writer.Set(table["state"], "retired");

        Assert.Null(writer.End(TestTable.Now));
        Assert.Equal("t,k=k,state=retired" + End, TestTable.Text(writer));
    }

    [Fact]
    public void End_RowOfKeysAlone_IsMissingAValue()
    {
        Table table = TestTable.Read("CREATE TABLE t (ts TIMESTAMP, k SYMBOL, v LONG) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)");
        var writer = new LineWriter(table, _clock);
        writer.Begin("k");

        Assert.Equal(LineFaultKind.Missing, writer.End(TestTable.Now)?.Kind);
        Assert.Equal(0, writer.Written.Length);
    }

    [Fact]
    public void Set_SteadyState_AllocatesNothing()
    {
        string[] keys = ["one", "a longer key, with escapes", "три"];
        Assert.Equal(0, Allocation.Least(() => Rows(1000)));

        void Rows(int count)
        {
            for (int i = 0; i < count; i++)
            {
                if (i % 100 == 0)
                {
                    _writer.Clear();
                }

                _writer.Begin(keys[i % keys.Length], "labels");
                _writer.Set(_table.Columns[2], "state");
                _writer.Set(_table.Columns[3], i % 2 == 0);
                _writer.Set(_table.Columns[4], i * 1_000_003L);
                _writer.Set(_table.Columns[5], (long)i);
                _writer.Set(_table.Columns[7], i * 0.1);
                _writer.Set(_table.Columns[8], (DateTimeOffset?)TestTable.Now);
                _writer.Set(_table.Columns[9], "текст \"in quotes\"");
                Assert.Null(_writer.End(TestTable.NowMicros + i));
            }
        }
    }

    private void Good(long counter, string key = "k")
    {
        _writer.Begin(key, "l");
        _writer.Set(_table["b"], true);
        _writer.Set(_table["c"], counter);
        Assert.Null(_writer.End(TestTable.Now));
    }

    private LineFault? Bad(string what)
    {
        string key = what switch
        {
            "surrogate in key" => "k\uDC00",
            "long key" => new string('k', 256),
            "long key in bytes" => new string('é', 128),
            _ => "k",
        };
        _writer.Begin(key, what == "long labels" ? new string('l', 4097) : "l");
        if (what != "no boolean")
        {
            _writer.Set(_table["b"], true);
        }

        _writer.Set(_table["c"], what == "negative counter" ? -1 : what == "least long as double counter" ? long.MinValue : 1000);
        _writer.Set(_table["l"], what == "least long" ? long.MinValue : long.MaxValue);
        _writer.Set(_table["d"], what == "nan" ? double.NaN : what == "infinity" ? double.NegativeInfinity : 1);
        _writer.Set(_table["v"], what == "surrogate in text" ? "\uD83D" : what == "long text" ? new string('v', 65537) : "v");
        return _writer.End(what switch
        {
            "too new" => TestTable.NowMicros + 60_000_001,
            "too old" => TestTable.NowMicros - (91L * 86_400_000_000),
            "negative time" => -1,
            _ => TestTable.NowMicros,
        });
    }
}
