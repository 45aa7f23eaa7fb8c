using System.Buffers.Binary;
using Collector.Lines;
using Collector.Lines.Tables;
using FsCheck;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Tests.Lines;

/// <summary>What the writer writes the reader reads, and what the reader read makes the writer write the same bytes.</summary>
public class RoundTripTests
{
    private static readonly string[] Hostile =
    [
        "", " ", ",", "=", "\\", "\"", "\n", "\r", "\r\n", "\\\\", "\\n", "\t", "\0", "\u0001", "\u007f", "é", "ß→", "日本語", "😀", "\U0010FFFF", "\uFEFF",
        "t", "1i", "=\u0010", "==\"", "readings,k=a b=t 1\n", "a b,c=d\\e\"f", "exactly_16_bytes", "1234567,", ",2345678", "a longer text than any vector, with spaces",
    ];

    [Property(MaxTest = 2000)]
    public void WriteAndRead_RandomTableAndRows_GivesTheValuesAndTheBytesAgain(int seed)
    {
        var random = new Random(seed);
        Table table = RandomTable(random);
        var writer = new LineWriter(table, new FakeTimeProvider(TestTable.Now), capacity: random.Next(1, 500));
        List<(object?[] Values, long Micros)> rows = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => RandomRow(table, random))];
        foreach ((object?[] values, long micros) in rows)
        {
            Write(writer, table, values, micros);
        }

        var reader = new LineReader(table);
        reader.Start(writer.Written, TimeWindow.At(TestTable.Now, table));
        var again = new LineWriter(table, new FakeTimeProvider(TestTable.Now));
        var rewritten = new LineRewriter(table);
        foreach ((object?[] values, long micros) in rows)
        {
            Assert.Equal((LineStatus.Row, null), (reader.Read(), reader.Fault));
            object?[] read = [.. table.Columns.Select(column => Value(reader, column))];
            Assert.Equal(Written(table, values), read);
            Assert.Equal(micros, reader.Micros);
            Write(again, table, read, reader.Micros);
            rewritten.Add(reader);
        }

        Assert.Equal(LineStatus.End, reader.Read());
        Assert.Equal(writer.Written.ToArray(), again.Written.ToArray());
        Assert.Equal(writer.Written.ToArray(), rewritten.Written.ToArray());
        rewritten.Clear();
    }

    [Property(MaxTest = 5000)]
    public void WriteAndRead_AnyBitsOfADouble_GivesThemBack(long bits) => RoundTripDouble(bits);

    [Fact]
    public void WriteAndRead_DoublesOfHostileBytes_GivesThemBack()
    {
        Span<byte> eight = stackalloc byte[8];
        foreach (byte value in "\n\r\"\\ ,=\0\u0010\u000E\u007F"u8)
        {
            eight.Fill(value);
            RoundTripDouble(BinaryPrimitives.ReadInt64LittleEndian(eight));
            for (int i = 0; i < 8; i++)
            {
                eight[i] ^= 0x55;
                RoundTripDouble(BinaryPrimitives.ReadInt64LittleEndian(eight));
            }
        }

        foreach (double value in new[] { 0.0, -0.0, double.Epsilon, -double.Epsilon, double.MaxValue, double.MinValue, 1 / 3.0 })
        {
            RoundTripDouble(BitConverter.DoubleToInt64Bits(value));
        }
    }

    [Property(MaxTest = 5000)]
    public void WriteAndRead_AnyLong_GivesItBack(long value, byte shift)
    {
        Table table = TestTable.Read("CREATE TABLE t (ts TIMESTAMP, v LONG) TIMESTAMP(ts) PARTITION BY DAY WAL");
        var writer = new LineWriter(table, new FakeTimeProvider(TestTable.Now));
        foreach (long number in new[] { value, value >> (shift & 63), value ^ (1L << (shift & 63)) })
        {
            writer.Clear();
            writer.Begin();
            writer.Set(table["v"], number);
            if (number == long.MinValue)
            {
                Assert.NotNull(writer.End(0));
                continue;
            }

            Assert.Null(writer.End(0));
            var reader = new LineReader(table);
            reader.Start(writer.Written, TimeWindow.At(TestTable.Now, table));
            Assert.Equal(LineStatus.Row, reader.Read());
            Assert.Equal(number, reader.Long(table["v"]));
        }
    }

    private static void RoundTripDouble(long bits)
    {
        Table table = TestTable.Read("CREATE TABLE t (ts TIMESTAMP, v DOUBLE, w DOUBLE) TIMESTAMP(ts) PARTITION BY DAY WAL");
        double value = BitConverter.Int64BitsToDouble(bits);
        var writer = new LineWriter(table, new FakeTimeProvider(TestTable.Now));
        writer.Begin();
        writer.Set(table["v"], value);
        writer.Set(table["w"], value);
        if (!double.IsFinite(value))
        {
            Assert.Equal(LineFaultKind.Value, writer.End(0)?.Kind);
            return;
        }

        Assert.Null(writer.End(0));
        var reader = new LineReader(table);
        reader.Start(writer.Written, TimeWindow.At(TestTable.Now, table));
        Assert.Equal((LineStatus.Row, null), (reader.Read(), reader.Fault));
        Assert.Equal(bits, BitConverter.DoubleToInt64Bits(reader.Double(table["v"])));
        Assert.Equal(bits, BitConverter.DoubleToInt64Bits(reader.Double(table["w"])));
        Assert.Equal(LineStatus.End, reader.Read());
    }

    private static Table RandomTable(Random random)
    {
        string[] names = ["a", "B2", "with space", "is=so", "имя", "\U0001D54F", "a_name_of_thirty_two_letters_yes_", "a name that is longer than thirty-two bytes".Replace('-', '_'), "x", "y", "z"];
        random.Shuffle(names);
        int keys = random.Next(3);
        int count = keys + random.Next(1, names.Length - keys);
        Column[] columns =
        [
            .. names.Take(count).Select((name, i) => new Column
            {
                Name = name,
                Type = i < keys ? ColumnType.Symbol : (ColumnType)random.Next(6),
                Ordinal = i,
                IsKey = i < keys,
            }),
            new Column { Name = "last", Type = ColumnType.Boolean, Ordinal = count, IsKey = false },
        ];
        return new Table(random.Next(2) == 0 ? "readings" : "a table=с ключами", "ts", "DAY", null, columns);
    }

    private static (object?[] Values, long Micros) RandomRow(Table table, Random random)
    {
        object?[] values =
        [
            .. table.Columns.Select(column => column.Type switch
            {
                _ when random.Next(5) == 0 && column.Type != ColumnType.Boolean => null,
                ColumnType.Boolean => random.Next(2) == 0,
                ColumnType.Symbol or ColumnType.Varchar => RandomText(random),
                ColumnType.Double => RandomDouble(random),
                ColumnType.Timestamp => (object)DateTimeOffset.UnixEpoch.AddMicroseconds(random.NextInt64(-4_000_000_000_000_000, 4_000_000_000_000_000)),
                _ => Math.Max(-long.MaxValue, random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64)),
            }),
        ];
        return (values, random.NextInt64(0, TestTable.NowMicros + 60_000_000) / (random.Next(4) == 0 ? 1_000_000_000 : 1));
    }

    private static string RandomText(Random random) => random.Next(3) == 0
        ? new string([.. Enumerable.Range(0, random.Next(20)).Select(_ => (char)random.Next(32, 127))])
        : string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => Hostile[random.Next(Hostile.Length)]));

    private static double RandomDouble(Random random)
    {
        double value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
        return double.IsFinite(value) ? value : 0.5;
    }

    private static void Write(LineWriter writer, Table table, object?[] values, long micros)
    {
        writer.Begin([.. table.Keys.Select(key => (string?)values[key.Ordinal])]);
        foreach (Column column in table.Columns.Where(column => !column.IsKey).OrderBy(column => column.Type != ColumnType.Symbol))
        {
            switch (values[column.Ordinal])
            {
                case string text:
                    writer.Set(column, text);
                    break;
                case bool flag:
                    writer.Set(column, flag);
                    break;
                case double number:
                    writer.Set(column, number);
                    break;
                case long number:
                    writer.Set(column, number);
                    break;
                case DateTimeOffset time:
                    writer.Set(column, (DateTimeOffset?)time);
                    break;
            }
        }

        Assert.Null(writer.End(micros));
    }

    /// <summary>As the line has it: a key without a value is the empty string.</summary>
    private static object?[] Written(Table table, object?[] values) => [.. table.Columns.Select(column => values[column.Ordinal] ?? (column.IsKey ? "" : null))];

    private static object? Value(LineReader reader, Column column) => !reader.Has(column) ? null : column.Type switch
    {
        ColumnType.Symbol or ColumnType.Varchar => reader.Text(column),
        ColumnType.Boolean => reader.Boolean(column),
        ColumnType.Double => reader.Double(column),
        ColumnType.Timestamp => DateTimeOffset.UnixEpoch.AddMicroseconds(reader.Long(column)),
        _ => reader.Long(column),
    };
}
