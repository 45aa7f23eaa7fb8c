using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Collector.Tables;

namespace Collector.Lines;

/// <summary>
/// Writes rows of one table as QuestDB line protocol, version 2: every double as eight binary bytes.
/// <code>
/// table,key=value,symbol=value column=VALUE,column=VALUE 1700000000000000000\n
///
/// VALUE   BOOLEAN    t | f
///         LONG       123i
///         DOUBLE     '=' 0x10 and 8 bytes, IEEE 754, little endian
///         TIMESTAMP  123t                      microseconds
///         VARCHAR    "text"                    with \" \\ \LF \CR
/// </code>
/// (https://questdb.com/docs/ingestion/ilp/advanced-settings/ and QuestDB's client interoperability vectors.)
/// A row is <see cref="Begin"/>, symbols, then fields, then <see cref="End(long)"/>. A value that cannot be stored latches a
/// <see cref="LineFault"/>; <see cref="End(long)"/> then takes the whole row back, and leaves those before it as they were.
/// Allocates nothing once its buffer has grown. Not thread-safe.
/// </summary>
internal sealed partial class LineWriter
{
    private readonly byte[] _tablePrefix;
    private readonly byte[][] _prefixes;
    private readonly ulong[] _booleans;
    private readonly ulong[] _written;
    private readonly CounterBaselines.Series?[] _counters;
    private readonly Stack<(CounterBaseline Baseline, long? Before)> _advanced = new();
    private readonly TimeProvider _clock;
    private byte[] _buffer;
    private int _at;
    private int _rowStart;
    private int _seriesEnd;
    private int _advancedBefore;
    private bool _open;
    private bool _fields;
    private LineFault? _fault;
    private TimeWindow _window;

    /// <param name="clock">Tells which timestamps the table takes; read once a batch.</param>
    /// <param name="baselines">Turns counters into increases; without it the <c>_delta</c> columns stay empty.</param>
    public LineWriter(Table table, TimeProvider clock, CounterBaselines? baselines = null, int capacity = 4096)
    {
        Table = table;
        _clock = clock;
        _buffer = new byte[capacity];
        _tablePrefix = LineText.EscapedName(table.Name);
        _prefixes = [.. table.Columns.Select(Prefix)];
        _counters = [.. table.Columns.Select(column => column.Delta is null ? null : baselines?.For(table.Name, column.Name))];
        _written = new ulong[(table.Columns.Length + 63) / 64];
        _booleans = ColumnSet.OfBooleans(table);
        Clear();
    }

    public Table Table { get; }

    /// <summary>Completed rows since the last <see cref="Clear"/>.</summary>
    public int Rows { get; private set; }

    /// <summary>The completed rows.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _rowStart);

    /// <summary>
    /// Forgets all rows, which have been kept elsewhere, holds on to the buffer, and reads the clock for the timestamps of
    /// the next ones.
    /// </summary>
    public void Clear()
    {
        (_at, _rowStart, Rows, _open) = (0, 0, 0, false);
        _advanced.Clear();
        _window = TimeWindow.At(_clock.GetUtcNow(), Table);
    }

    /// <summary>Forgets all rows, which were kept nowhere: their counters' increase will be part of the next reading's.</summary>
    public void Discard()
    {
        TakeBackCounters(0);
        Clear();
    }

    /// <summary>Begins a row, with a value for each of the table's keys in their order; null is stored as the empty string.</summary>
    /// <exception cref="ArgumentException">As many values as the table has keys are needed.</exception>
    public void Begin(params ReadOnlySpan<string?> keys)
    {
        if (keys.Length != Table.Keys.Length)
        {
            throw new ArgumentException($"The table {Table} has the keys {string.Join(", ", Table.Keys.AsEnumerable())}; {keys.Length} values were given.");
        }

        TakeBackCounters(_open ? _advancedBefore : _advanced.Count);
        (_at, _open, _fields, _fault) = (_rowStart, true, false, null);
        _advancedBefore = _advanced.Count;
        _written.AsSpan().Clear();
        Append(_tablePrefix);
        for (int i = 0; i < keys.Length; i++)
        {
            Symbol(Table.Keys[i], keys[i]);
        }

        _seriesEnd = _at;
    }

    /// <summary>Ends the row with its time.</summary>
    /// <returns>Null when the row stands; else why it was taken back.</returns>
    public LineFault? End(DateTimeOffset time) => End(TimeWindow.Micros(time));

    /// <summary>Ends the row with its time in microseconds since 1970 UTC.</summary>
    /// <returns>Null when the row stands; else why it was taken back.</returns>
    public LineFault? End(long micros)
    {
        if (!_open)
        {
            throw new InvalidOperationException("No row has begun.");
        }

        _open = false;
        if (_fault is null)
        {
            CheckComplete(micros);
        }

        if (_fault is not null)
        {
            _at = _rowStart;
            TakeBackCounters(_advancedBefore);
            return _fault;
        }

        EnsureRoom(32);
        _buffer[_at++] = (byte)' ';
        Utf8Formatter.TryFormat(micros, _buffer.AsSpan(_at), out int digits);
        _at += digits;
        "000\n"u8.CopyTo(_buffer.AsSpan(_at));
        _at += 4;
        _rowStart = _at;
        Rows++;
        return null;
    }

    private void CheckComplete(long micros)
    {
        if (ColumnSet.FirstMissing(Table, _booleans, _written) is { } column)
        {
            Fail(LineFaultKind.Missing, column, $"{column} is BOOLEAN, which has no null, and every row has to give it");
        }
        else if (!_fields)
        {
            Fail(LineFaultKind.Missing, null, $"the row of {Table} has no field");
        }
        else if (!_window.Contains(micros))
        {
            Fail(LineFaultKind.Timestamp, null, _window.Problem(micros));
        }
    }

    private void TakeBackCounters(int keep)
    {
        while (_advanced.Count > keep)
        {
            (CounterBaseline baseline, long? before) = _advanced.Pop();
            baseline.Restore(before);
        }
    }

    /// <summary>Copies the column's prefix, and marks the column as written in this row.</summary>
    private void Prefix(Column column, bool field, int room)
    {
        if (!_open)
        {
            throw new InvalidOperationException("No row has begun.");
        }

        ref ulong word = ref _written[column.Ordinal >> 6];
        ulong bit = 1UL << (column.Ordinal & 63);
        if ((word & bit) != 0)
        {
            throw new InvalidOperationException($"{Table}.{column} is written twice in one row.");
        }

        word |= bit;
        byte[] prefix = _prefixes[column.Ordinal];
        EnsureRoom(prefix.Length + room);
        prefix.CopyTo(_buffer.AsSpan(_at));
        if (field && !_fields)
        {
            _buffer[_at] = (byte)' ';
            _fields = true;
        }

        _at += prefix.Length;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        EnsureRoom(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_at));
        _at += bytes.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EnsureRoom(int room)
    {
        if (_buffer.Length - _at < room)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _at + room));
        }
    }

    private void Fail(LineFaultKind kind, Column? column, string message) => _fault ??= new LineFault(kind, column?.Name ?? "", message);

    private static byte[] Prefix(Column column)
    {
        byte[] name = LineText.EscapedName(column.Name);
        ReadOnlySpan<byte> behind = column.Type == ColumnType.Double ? "==\u0010"u8 : "="u8;
        return [(byte)',', .. name, .. behind];
    }
}
