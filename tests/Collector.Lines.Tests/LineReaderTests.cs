using System.Text;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Tests.Lines;

public class LineReaderTests
{
    private const string Time = " 1700000000000000000";

    private readonly Table _table = TestTable.Make();
    private readonly LineReader _reader;

    public LineReaderTests() => _reader = new LineReader(_table);

    [Fact]
    public void Read_RowOfEveryType_GivesItsValues()
    {
        Start("readings,k=key,labels=,s=sym b=T,l=-42i,d==\u0010\0\0\0\0\0@E@,t=5t,v=\"text\"" + Time + "\n");

        Assert.Equal(LineStatus.Row, _reader.Read());
        Assert.Equal<IEnumerable<string?>>(["key", "", "sym", "true", "-42", null, null, "42.5", "5", "text"], Values());
        Assert.Equal(TestTable.NowMicros, _reader.Micros);
        Assert.Equal(1, _reader.Line);
        Assert.Equal(LineStatus.End, _reader.Read());
    }

    /// <summary>Fields behind <c>readings,k=a b=t,</c>, the column looked at, and its value.</summary>
    [Theory]
    [InlineData("d=1.5", "d", "1.5")]
    [InlineData("d=1", "d", "1")]
    [InlineData("d=-1.5e-3", "d", "-0.0015")]
    [InlineData("d=+1", "d", "1")]
    [InlineData("d=.5", "d", "0.5")]
    [InlineData("d=5.", "d", "5")]
    [InlineData("d=0e0", "d", "0")]
    [InlineData("d=7i", "d", "7")]
    [InlineData("d=t", "d", "1")]
    [InlineData("d=FALSE", "d", "0")]
    [InlineData("l=7i", "l", "7")]
    [InlineData("l=007i", "l", "7")]
    [InlineData("l=1_000i", "l", "1000")]
    [InlineData("l=-1_0i", "l", "-10")]
    [InlineData("l=true", "l", "1")]
    [InlineData("l=9223372036854775807i", "l", "9223372036854775807")]
    [InlineData("t=7i", "t", "7")]
    [InlineData("t=-7t", "t", "-7")]
    [InlineData("t=7999n", "t", "7")]
    [InlineData("t=7m", "t", "7000")]
    [InlineData("v=\"\"", "v", "")]
    [InlineData("v=\"a b,c=d\"", "v", "a b,c=d")]
    [InlineData("v=\"\\\"\\\\\\n\\\n\"", "v", "\"\\n\n")]
    [InlineData("v=\"a\rb\"", "v", "a\rb")]
    [InlineData("v=\"\0\"", "v", "\0")]
    [InlineData("s=\"text\"", "s", "text")]
    [InlineData("s=1.50", "s", "1.50")]
    [InlineData("s=5i", "s", "5")]
    [InlineData("s=5t", "s", "5")]
    [InlineData("s=TRUE", "s", "TRUE")]
    [InlineData("l=", "l", null)]
    [InlineData("l=,l=5i", "l", null)]
    [InlineData("l=5i,l=6i", "l", "5")]
    [InlineData("l=5i,l=\"x\",l=1.5,l=-9223372036854775808i", "l", "5")]
    [InlineData("b=1i", "b", "true")]
    [InlineData("s=\"\0\"", "s", "\0")]
    [InlineData("s=NaN", "s", "NaN")]
    [InlineData("s=-Infinity", "s", "-Infinity")]
    [InlineData("L=5i", "l", "5")]
    [InlineData("\\l=5i", "l", "5")]
    [InlineData("l=5i,", "l", "5")]
    public void Read_FieldThatQuestDbTakes_GivesWhatItStores(string field, string column, string? expected)
    {
        Start($"readings,k=a b=t,{field}{Time}\n");

        Assert.Equal((LineStatus.Row, null), (_reader.Read(), _reader.Fault));
        Assert.Equal(expected, TestTable.Shown(_reader, _table[column]));
    }

    [Theory]
    [InlineData("readings,k=a\\ \\,\\=\\\\\\\n\\\rb b=t", "k", "a ,=\\\n\rb")]
    [InlineData("readings,k=a\\b b=t", "k", "ab")]
    [InlineData("readings,k=a\\\0b b=t", "k", "a\0b")]
    [InlineData("readings,k=\"a\" b=t", "k", "\"a\"")]
    [InlineData("readings,k= b=t", "k", "")]
    [InlineData("readings,v=text,k=a b=t", "v", "text")]
    [InlineData("readings,k=a,k=b b=t", "k", "a")]
    [InlineData("readings,k=a, b=t", "k", "a")]
    [InlineData("READINGS,K=a B=t", "k", "a")]
    [InlineData("\\readings,k=a b=t", "k", "a")]
    [InlineData("readings b=t,k=\"a\"", "k", "a")]
    [InlineData("readings b=t", "k", null)]
    public void Read_TagsThatQuestDbTakes_GivesWhatItStores(string row, string column, string? expected)
    {
        Start($"{row}{Time}\n");

        Assert.Equal((LineStatus.Row, null), (_reader.Read(), _reader.Fault));
        Assert.Equal(expected, TestTable.Shown(_reader, _table[column]));
    }

    [Theory]
    [InlineData("5 min")]
    [InlineData("95=p")]
    [InlineData("1,5")]
    public void Read_AFirstFieldWhoseNameBeginsWithDigitsAndHasAnEscape_IsNoTime(string name)
    {
        string escaped = System.Text.Encoding.UTF8.GetString(LineText.EscapedName(name));
        foreach (string tag in (string[])["", ",k=a"])
        {
            var reader = new LineReader(TableGrowth.New("m")) { Unknown = [], ArrivalMicros = TestTable.NowMicros };
            reader.Start(Bytes($"m{tag} {escaped}=2i\n"), Window());
            reader.Read();
            Assert.Contains(escaped.Contains("\\,", StringComparison.Ordinal) ? "cannot name a column" : "has no column", reader.Fault!.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(" 1700000000000000000", Precision.Nanoseconds)]
    [InlineData(" 1700000000000000", Precision.Microseconds)]
    [InlineData(" 1700000000000", Precision.Milliseconds)]
    [InlineData(" 1700000000", Precision.Seconds)]
    [InlineData(" 1700000000000000t", Precision.Seconds)]
    [InlineData(" 1700000000000000000n", Precision.Hours)]
    [InlineData(" 1700000000000m", Precision.Minutes)]
    [InlineData(" 1_700_000_000", Precision.Seconds)]
    internal void Read_Time_CountsWhatPrecisionOrLetterSays(string time, Precision precision)
    {
        var reader = new LineReader(_table) { Precision = precision };
        reader.Start(Bytes($"readings,k=a b=t{time}\n"), Window());

        Assert.Equal((LineStatus.Row, null), (reader.Read(), reader.Fault));
        Assert.Equal(TestTable.NowMicros, reader.Micros);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void Read_NoTime_TakesTheArrivalOrIsAFault(string time)
    {
        Start($"readings,k=a b=t{time}\n");
        Assert.Equal(LineStatus.Fault, _reader.Read());
        Assert.Equal(LineFaultKind.Timestamp, _reader.Fault!.Kind);

        _reader.ArrivalMicros = TestTable.NowMicros;
        Start($"readings,k=a b=t{time}\n");
        Assert.Equal(LineStatus.Row, _reader.Read());
        Assert.Equal(TestTable.NowMicros, _reader.Micros);
    }

    [Fact]
    public void Read_TagsAlone_IsARowOfThem()
    {
        Table table = TestTable.Read("CREATE TABLE t (ts TIMESTAMP, k SYMBOL, v LONG) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)");
        var reader = new LineReader(table);
        reader.Start(Bytes($"t,k=a{Time}\nt,k=b {Time}"), TimeWindow.At(TestTable.Now, table));

        Assert.Equal(LineStatus.Row, reader.Read());
        Assert.Equal(LineStatus.Row, reader.Read());
        Assert.Equal("b", reader.Text(table["k"]));
        Assert.Equal(LineStatus.End, reader.Read());
    }

    /// <summary>A faulty row, the kind of its fault, the byte it is told at, and a part of what is said.</summary>
    public static TheoryData<string, string, string, int, string> Faults => new()
    {
        { "other,k=a b=t", nameof(LineFaultKind.Table), "", 1, "expected a row of readings, found the table name 'other'" },
        { "# comment", nameof(LineFaultKind.Table), "", 1, "'#'" },
        { " readings,k=a b=t", nameof(LineFaultKind.Table), "", 1, "the table name nothing" },
        { "readingsx,k=a b=t", nameof(LineFaultKind.Table), "", 1, "'readingsx'" },
        { "readings", nameof(LineFaultKind.Syntax), "", 9, "neither a tag nor a field" },
        { "readings,", nameof(LineFaultKind.Syntax), "", 10, "neither a tag nor a field" },
        { "readings=1", nameof(LineFaultKind.Syntax), "", 9, "neither a tag nor a field" },
        { "readings 1", nameof(LineFaultKind.Syntax), "", 9, "neither a tag nor a field" },
        { "readings,k b=t", nameof(LineFaultKind.Syntax), "", 10, "expected name=value, found 'k'" },
        { "readings,k=a,,s=b b=t", nameof(LineFaultKind.Syntax), "", 14, "expected name=value, found nothing" },
        { "readings,=a b=t", nameof(LineFaultKind.Syntax), "", 10, "a name is missing" },
        { "readings,k=a=b b=t", nameof(LineFaultKind.Syntax), "", 13, "has to be escaped" },
        { "readings,k=a\0 b=t", nameof(LineFaultKind.Syntax), "", 13, "a NUL" },
        { "readings,k=a =t", nameof(LineFaultKind.Syntax), "", 14, "a name is missing" },
        { "readings,k=a b", nameof(LineFaultKind.Syntax), "", 14, "expected name=value, found 'b'" },
        { "readings,k=a b=t,,l=1i", nameof(LineFaultKind.Syntax), "", 18, "expected name=value, found nothing" },
        { "readings,k=a v=\"a\"x,b=t", nameof(LineFaultKind.Syntax), "", 19, "has to follow the closing quote" },
        { "readings,k=a v=\"a\nb\",b=t", nameof(LineFaultKind.Syntax), "", 18, "a newline within a string" },
        { "readings,k=a l=1\\i,b=t", nameof(LineFaultKind.Syntax), "", 17, "a backslash has no place" },
        { "readings,k=a d==\u0010\n\n\n\n\n\n\n\nx,b=t", nameof(LineFaultKind.Syntax), "", 26, "has to follow a binary value" },
        { "readings,nope=a b=t", nameof(LineFaultKind.Column), "nope", 10, "has no column 'nope'" },
        { "readings,k=a b=t,nope=1i", nameof(LineFaultKind.Column), "nope", 18, "has no column 'nope'" },
        { "readings,k=a b=t,timestamp=1t", nameof(LineFaultKind.Column), "timestamp", 18, "stands at the end of the line" },
        { "readings,k=a,l=5i b=t", nameof(LineFaultKind.Type), "l", 16, "l is LONG and cannot take a tag" },
        { "readings,k=a b=t,l=1.5", nameof(LineFaultKind.Type), "l", 20, "cannot take a double" },
        { "readings,k=a b=t,l==\u0010\0\0\0\0\0\0\0\0", nameof(LineFaultKind.Type), "l", 21, "cannot take a double" },
        { "readings,k=a b=t,l=5t", nameof(LineFaultKind.Type), "l", 20, "cannot take a timestamp" },
        { "readings,k=a b=t,l=\"5\"", nameof(LineFaultKind.Type), "l", 21, "cannot take a string" },
        { "readings,k=a b=1i", nameof(LineFaultKind.Type), "b", 16, "cannot take an integer" },
        { "readings,k=a b=t,t=t", nameof(LineFaultKind.Type), "t", 20, "cannot take a boolean" },
        { "readings,k=a b=t,d=5n", nameof(LineFaultKind.Type), "d", 20, "cannot take a timestamp" },
        { "readings,k=a b=t,v=5i", nameof(LineFaultKind.Type), "v", 20, "cannot take an integer" },
        { "readings,k=a b=t,s==\u0010\0\0\0\0\0\0\0\0", nameof(LineFaultKind.Type), "s", 21, "cannot take a double" },
        { "readings,k=a b=t,d==\u000E\n\u0001\u0001\0\0\0\0\0\0\0\0\0\0\0", nameof(LineFaultKind.Type), "d", 21, "cannot take an array" },
        { "readings,k=a b=t,d==\u000E\n\u0002\u0001\0\0\0\0\0\0\0", nameof(LineFaultKind.Type), "d", 21, "cannot take an array" },
        { "readings,k=a b=t,d==\u0017\u0001\u0001\n", nameof(LineFaultKind.Type), "d", 21, "cannot take a decimal" },
        { "readings,k=a b=t,d=NaN", nameof(LineFaultKind.Value), "d", 20, "no number that can be stored" },
        { "readings,k=a b=t,d=-Infinity", nameof(LineFaultKind.Value), "d", 20, "no number that can be stored" },
        { "readings,k=a b=t,l=NaN", nameof(LineFaultKind.Type), "l", 20, "l is LONG and cannot take NaN" },
        { "readings,k=a b=t,l=-Infinity", nameof(LineFaultKind.Type), "l", 20, "l is LONG and cannot take -Infinity" },
        { "readings,k=a b=t,d=1e400", nameof(LineFaultKind.Value), "d", 20, "is no value" },
        { "readings,k=a b=t,d=1e-400", nameof(LineFaultKind.Value), "d", 20, "is no value" },
        { "readings,k=a b=t,d=1.5\0", nameof(LineFaultKind.Value), "d", 20, "'1.5\\0' is no value" },
        { "readings,k=a b=t,d=1.5\u00C2\u0085", nameof(LineFaultKind.Value), "d", 20, "'1.5U+0085' is no value" },
        { "readings,k=a b=t\t", nameof(LineFaultKind.Value), "b", 16, "'t\\t' is no value" },
        { "readings,a\\\rb=a b=t", nameof(LineFaultKind.Column), "a\rb", 10, "has no column 'a\\rb'" },
        { "readings,k=a b=t,d==\u0010\0\0\0\0\0\0øÿ", nameof(LineFaultKind.Value), "d", 21, "no number that can be stored" },
        { "readings,k=a b=t,d=0x1", nameof(LineFaultKind.Value), "d", 20, "is no value" },
        { "readings,k=a b=t,l=+5i", nameof(LineFaultKind.Value), "l", 20, "is no value" },
        { "readings,k=a b=t,l=5_i", nameof(LineFaultKind.Value), "l", 20, "is no value" },
        { "readings,k=a b=t,l=9223372036854775808i", nameof(LineFaultKind.Value), "l", 20, "is no value" },
        { "readings,k=a b=t,l=-9223372036854775808i", nameof(LineFaultKind.Value), "l", 20, "QuestDB reads as null" },
        { "readings,k=a b=t,d=-9223372036854775808i", nameof(LineFaultKind.Value), "d", 20, "QuestDB reads as null" },
        { "readings,k=a b=t,t=-9223372036854775808t", nameof(LineFaultKind.Value), "t", 20, "no time that can be stored" },
        { "readings,k=a b=t,t=9223372036854775807m", nameof(LineFaultKind.Value), "t", 20, "no time that can be stored" },
        { "readings,k=a b=t,c=-1i", nameof(LineFaultKind.Value), "c", 20, "is a counter" },
        { "readings,k=a b=t,v=text", nameof(LineFaultKind.Value), "v", 20, "text wants quotes" },
        { $"readings,k={new string('k', 256)} b=t", nameof(LineFaultKind.Value), "k", 12, "k has 256 bytes; at most 255" },
        { "readings,k=a\u00FF b=t", nameof(LineFaultKind.Text), "k", 12, "not valid UTF-8" },
        { "readings,k=a b=t,v=\"\u00C3\"", nameof(LineFaultKind.Text), "v", 21, "not valid UTF-8" },
        { "readings,k=a b=t,s=1e400", nameof(LineFaultKind.Value), "s", 20, "is no value" },
        { "readings,k=a b=t,s=nan", nameof(LineFaultKind.Value), "s", 20, "is no value" },
        { "readings,k=a l=1i", nameof(LineFaultKind.Missing), "b", 1, "every row has to give it" },
        { "readings,k=a b=", nameof(LineFaultKind.Missing), "b", 1, "every row has to give it" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Read_BadRow_LosesThatRowAlone(string row, string kind, string field, int position, string message)
    {
        string good = $"readings,k=a b=t{Time}\n";
        Start($"{good}{row}{Time}\n{good}");

        Assert.Equal(LineStatus.Row, _reader.Read());
        Assert.Equal(LineStatus.Fault, _reader.Read());
        Assert.Equal((kind, field, 2, position), (_reader.Fault!.Kind.ToString(), _reader.Fault.Field, _reader.Fault.Line, _reader.Fault.Position));
        Assert.Contains(message, _reader.Fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_reader.Fault.Message, char.IsControl);
        if (!row.StartsWith("readings,k=a v=\"a\nb", StringComparison.Ordinal))
        {
            Assert.Equal($"{row}{Time}\n", TestTable.Text(_reader.Row));
        }
        else
        {
            // What stood behind the newline is a row of its own, and a bad one.
            Assert.Equal(LineStatus.Fault, _reader.Read());
        }

        Assert.Equal(LineStatus.Row, _reader.Read());
        Assert.Equal(good, TestTable.Text(_reader.Row));
        Assert.Null(_reader.Fault);
        Assert.Equal(LineStatus.End, _reader.Read());
    }

    /// <summary>A quote opens a string in a field only, so a tag that begins with one neither swallows a line's end nor hides a string's.</summary>
    [Theory]
    [InlineData("other,k=\"a v=\"x\\\r\\\ny\",s=\"z\"")]
    [InlineData("other,k=\"a b=t")]
    [InlineData("readings,k=\"a=b b=t")]
    [InlineData("readings,k=\"a,=\"b b=t")]
    [InlineData("readings,k\\ ey=\"a=b b=t")]
    public void Read_BadRowWithAQuoteInATag_LosesThatRowAlone(string row)
    {
        string good = $"readings,k=a b=t{Time}\n";
        Start($"{row}{Time}\n{good}");

        Assert.Equal(LineStatus.Fault, _reader.Read());
        Assert.Equal($"{row}{Time}\n", TestTable.Text(_reader.Row));
        Assert.Equal(LineStatus.Row, _reader.Read());
        Assert.Equal(good, TestTable.Text(_reader.Row));
        Assert.Equal(LineStatus.End, _reader.Read());
    }

    [Theory]
    [InlineData(" 5", "older than the table keeps")]
    [InlineData(" 1700000060000001000", "ahead of this machine's clock")]
    [InlineData(" -5", "'-5' is no timestamp")]
    [InlineData(" x", "'x' is no timestamp")]
    [InlineData(" 1.5", "'1.5' is no timestamp")]
    [InlineData(" 5i", "'5i' is no timestamp")]
    [InlineData(" +5", "'+5' is no timestamp")]
    [InlineData("  5", "' 5' is no timestamp")]
    [InlineData(" 5 ", "'5 ' is no timestamp")]
    [InlineData(" 5,d=1", "is no timestamp")]
    [InlineData(" 99999999999999999999", "is no timestamp")]
    [InlineData(" 9223372036854775807m", "is no timestamp")]
    public void Read_BadTime_IsAFaultOfTime(string time, string message)
    {
        Start($"readings,k=a b=t{time}\nreadings,k=a b=t{Time}\n");

        Assert.Equal(LineStatus.Fault, _reader.Read());
        Assert.Equal(LineFaultKind.Timestamp, _reader.Fault!.Kind);
        Assert.Contains(message, _reader.Fault.Message, StringComparison.Ordinal);
        Assert.Equal(LineStatus.Row, _reader.Read());
    }

    /// <summary>Where the row's end cannot be told, everything from it on is one piece.</summary>
    [Theory]
    [InlineData("readings,k=a v=\"never closed, b=t 17", 16)]
    [InlineData("readings,k=a v=\"a\\\"", 16)]
    [InlineData("readings,k=a v=\"a\\", 16)]
    [InlineData("readings,k=a d==\u0010\0\0\0", 17)]
    [InlineData("readings,k=a d==", 17)]
    [InlineData("readings,k=a d==\u0011\0\0\0\0\0\0\0\0,b=t", 17)]
    [InlineData("readings,k=a d==\u000E", 17)]
    [InlineData("readings,k=a d==\u000E\n\u0001\u00FF\u00FF\u00FF\u00FF\0\0\0\0", 17)]
    [InlineData("readings,k=a d==\u000E\n\u00FF", 17)]
    [InlineData("readings,k=a d==\u000E\u0009\u0001\u0001\0\0\0\0\0\0\0\0\0\0\0", 17)]
    [InlineData("readings,k=a d==\u0017\u0001\u00FF\0", 17)]
    public void Read_NoEndToBeFound_IsOneFramingPiece(string row, int position)
    {
        string good = $"readings,k=a b=t{Time}\n";
        Start(good + row);

        Assert.Equal(LineStatus.Row, _reader.Read());
        Assert.Equal(LineStatus.Fault, _reader.Read());
        Assert.Equal((LineFaultKind.Framing, 2, position), (_reader.Fault!.Kind, _reader.Fault.Line, _reader.Fault.Position));
        Assert.Equal(row, TestTable.Text(_reader.Row));
        Assert.Equal(LineStatus.End, _reader.Read());
    }

    [Fact]
    public void Read_DataThatEndsBehindABackslash_IsAFault()
    {
        Start("readings b=t,k=\"a\"" + Time + "\nreadings,k=a\\");

        Assert.Equal(LineStatus.Row, _reader.Read());
        Assert.Equal(LineStatus.Fault, _reader.Read());
        Assert.Equal(LineStatus.End, _reader.Read());
    }

    /// <summary>Doubles whose bytes mean something elsewhere, in good rows and in rows that are broken before or behind them.</summary>
    [Theory]
    [InlineData("\n\n\n\n\n\n\n\n")]
    [InlineData("\r\n\r\n\r\n\r\n")]
    [InlineData("\"\"\"\"\"\"\"\"")]
    [InlineData("\\\\\\\\\\\\\\\\")]
    [InlineData("        ")]
    [InlineData(",=,=,=,=")]
    [InlineData("==\u0010\n\n\n\n\n")]
    [InlineData("=\"=\"=\"=\"")]
    public void Read_DoubleOfHostileBytes_IsADouble(string eight)
    {
        string row = $"readings,k=a b=t,d==\u0010{eight},l=1i{Time}\n";
        string brokenBefore = $"readings,k=a bad,b=t,d==\u0010{eight},l=1i{Time}\n";
        string brokenBehind = $"readings,k=a b=t,d==\u0010{eight}x,l=1i{Time}\n";
        Start(row + brokenBefore + row + brokenBehind + row);

        foreach ((LineStatus status, string bytes) in new[] { (LineStatus.Row, row), (LineStatus.Fault, brokenBefore), (LineStatus.Row, row), (LineStatus.Fault, brokenBehind), (LineStatus.Row, row) })
        {
            Assert.Equal(status, _reader.Read());
            Assert.Equal(bytes, TestTable.Text(_reader.Row));
        }

        Assert.Equal(BitConverter.ToInt64(Encoding.Latin1.GetBytes(eight)), BitConverter.DoubleToInt64Bits(_reader.Double(_table["d"])));
        Assert.Equal(LineStatus.End, _reader.Read());
    }

    [Theory]
    [InlineData("\n", "\n")]
    [InlineData("\r\n", "\r\n")]
    [InlineData("\r", "\r")]
    [InlineData("\n\n\n", "\n")]
    [InlineData("\r\n\r\n", "\r\n")]
    [InlineData("\n\r\n\r\r", "\n")]
    public void Read_AnyLineEnd_CountsRowsAndNotBlankLines(string end, string own)
    {
        Start(string.Concat(end, $"readings,k=a b=t{Time}", end, $"readings,k=a b=x{Time}", end, $"readings,k=a v=\"a\\\nb\",b=t{Time}", end, "readings,k=a bad", end));

        foreach ((LineStatus status, int line) in new[] { (LineStatus.Row, 1), (LineStatus.Fault, 2), (LineStatus.Row, 3), (LineStatus.Fault, 4), (LineStatus.End, 4) })
        {
            Assert.Equal(status, _reader.Read());
            Assert.Equal(line, _reader.Line);
            Assert.Equal(status == LineStatus.Fault ? line : 0, _reader.Fault?.Line ?? 0);
            if (status != LineStatus.End)
            {
                Assert.EndsWith(own, TestTable.Text(_reader.Row), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Read_LongTexts_AreHeldToTheirLimitsWithoutTheirEscapes()
    {
        string key = string.Concat(Enumerable.Repeat("\\ ", 255));
        string backslashes = string.Concat(Enumerable.Repeat("\\\\", 256));
        string labels = new('l', 4096);
        Start($"readings,k={key},labels={labels} b=t{Time}\nreadings,k={backslashes} b=t{Time}\nreadings,labels={labels}x b=t{Time}\n");

        Assert.Equal(LineStatus.Row, _reader.Read());
        Assert.Equal(new string(' ', 255), _reader.Text(_table["k"]));
        Assert.Equal(LineStatus.Fault, _reader.Read());
        Assert.Equal((LineFaultKind.Value, "k"), (_reader.Fault!.Kind, _reader.Fault.Field));
        Assert.Equal(LineStatus.Fault, _reader.Read());
        Assert.Equal((LineFaultKind.Value, "labels"), (_reader.Fault!.Kind, _reader.Fault.Field));
    }

    [Fact]
    public void Read_RowsOfChangingShape_AllocateNothing()
    {
        byte[] data = Bytes(string.Concat(Enumerable.Repeat(
            $"readings,k=a b=t,l=1i,c=2i,d=1.5,t=5t,v=\"te\\\"xt\"{Time}\nreadings,s=x v=\"y\",b=f{Time}\nREADINGS,K=a B=t,D==\u0010\0\0\0\0\0\0\0\0{Time}\nreadings,k=a t=5t,b=t,\\l=1_0i{Time}\n", 100)));
        Assert.Equal(400, Read());
        Assert.Equal(0, Allocation.Least(() => Read()));

        int Read()
        {
            _reader.Start(data, Window());
            int rows = 0;
            while (_reader.Read() == LineStatus.Row)
            {
                rows++;
            }

            return rows;
        }
    }

    [Fact]
    public void Start_Again_ForgetsWhatWasRead()
    {
        Start("readings,k=a bad\nreadings,k=a bad\n");
        _reader.Read();
        _reader.Read();
        Start($"readings,k=a b=t{Time}");

        Assert.Null(_reader.Fault);
        Assert.Equal(LineStatus.Row, _reader.Read());
        Assert.Equal(1, _reader.Line);
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private TimeWindow Window() => TimeWindow.At(TestTable.Now, _table);

    private void Start(string text) => _reader.Start(Bytes(text), Window());

    private string?[] Values() => [.. _table.Columns.Select(column => TestTable.Shown(_reader, column))];
}
