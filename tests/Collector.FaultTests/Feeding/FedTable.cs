using System.Buffers;
using System.Text;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.FaultTests.Feeding;

/// <summary>A table of numbered rows. All of a row follows from its number, so that one that came out changed shows.</summary>
internal sealed class FedTable
{
    private const string Writer = "w";

    /// <summary>One row in about this many is bad.</summary>
    private const int BadOneIn = 250;

    private readonly LineWriter _writer;
    private readonly int _seed;
    private readonly long _epochMicros;

    public FedTable(string name, int seed, long epochMicros)
    {
        (_seed, _epochMicros) = (seed, epochMicros);
        var faults = new List<SchemaFault>();
        Table = SchemaReader.Read(name + ".sql", Sql(name), faults)
            ?? throw new InvalidOperationException(string.Join('\n', faults));
        _writer = new LineWriter(Table, TimeProvider.System);
    }

    public Table Table { get; }

    public static string Sql(string name) => $"""
        CREATE TABLE {name} (
            timestamp   TIMESTAMP,
            writer      SYMBOL,
            number      LONG,
            value       DOUBLE,
            newlines    DOUBLE,
            note        VARCHAR
        ) TIMESTAMP(timestamp) PARTITION BY DAY WAL DEDUP UPSERT KEYS(timestamp, writer);
        """;

    /// <summary>
    /// The same rows in a table as somebody else may have made it: other types, another name for the time. Here only the database
    /// can tell that a bad row is bad.
    /// </summary>
    public static string ForeignSql(string name) => $"""
        CREATE TABLE {name} (value DECIMAL(18,4), ts TIMESTAMP_NS, writer SYMBOL, number INT, note STRING, newlines DOUBLE, more UUID)
        TIMESTAMP(ts) PARTITION BY HOUR WAL DEDUP UPSERT KEYS(ts, writer)
        """;

    /// <summary>QuestDB will refuse the row with this number.</summary>
    public static bool IsBad(int seed, long number) => Mixed(seed, number) % BadOneIn == 0;

    /// <summary>An evenly spread number that the seed and a row's number decide.</summary>
    public static ulong Mixed(int seed, long number)
    {
        // splitmix64, https://prng.di.unimi.it/splitmix64.c
        ulong mixed = unchecked(((ulong)number + ((ulong)(uint)seed << 40)) * 0x9E3779B97F4A7C15);
        mixed = unchecked((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9);
        mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB);
        return mixed ^ (mixed >> 31);
    }

    public static double Value(long number) => number / 8.0;

    public static string Note(long number) => $"row \"{number}\", of = many\\";

    /// <summary>Rows as line protocol, in the order of their numbers.</summary>
    public byte[] Lines(long first, int count)
    {
        var lines = new ArrayBufferWriter<byte>(count * 160);
        for (long number = first; number < first + count; number++)
        {
            lines.Write(IsBad(_seed, number) ? Bad(number) : Good(number));
        }

        return lines.WrittenSpan.ToArray();
    }

    private ReadOnlySpan<byte> Good(long number)
    {
        _writer.Clear();
        _writer.Begin(Writer);
        _writer.Set(Table["number"], number);
        _writer.Set(Table["value"], Value(number));
        _writer.Set(Table["newlines"], BitConverter.Int64BitsToDouble(0x0A0A_0A0A_0A0A_0A0A));
        _writer.Set(Table["note"], Note(number));
        if (_writer.End(_epochMicros + (number * 1000)) is { } fault)
        {
            throw new InvalidOperationException(fault.ToString());
        }

        return _writer.Written.Span;
    }

    /// <summary>Text in a column of doubles, which our own writer would not write.</summary>
    private byte[] Bad(long number) => Encoding.ASCII.GetBytes(
        $"{Table.Name},writer={Writer} number={number}i,value=\"bad\" {(_epochMicros + (number * 1000)) * 1000}\n");
}
