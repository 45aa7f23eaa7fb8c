using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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
    private readonly WrittenColumn[] _columns;
    private readonly int[] _keys;
    private readonly ulong[] _booleans;
    private readonly ulong[] _written;
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
    private SecondText _second;

    /// <param name="clock">Tells which timestamps the table takes; read once a batch.</param>
    /// <param name="baselines">Turns counters into increases; without it the <c>_delta</c> columns stay empty.</param>
    public LineWriter(Table table, TimeProvider clock, CounterBaselines? baselines = null, int capacity = 4096)
    {
        Table = table;
        _clock = clock;
        _buffer = new byte[capacity];
        _tablePrefix = LineText.EscapedName(table.Name);
        _columns = [.. table.Columns.Select(column =>
            new WrittenColumn(column, column.Delta is null ? null : baselines?.For(table.Name, column.Name)))];
        _keys = [.. table.Keys.Select(key => key.Ordinal)];
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
    /// the next ones. A row that has begun and not ended is kept nowhere: its counters go back.
    /// </summary>
    public void Clear()
    {
        TakeBackOpenRow();
        (_at, _rowStart, Rows) = (0, 0, 0);
        foreach ((CounterBaseline baseline, _) in _advanced)
        {
            baseline.Keep();
        }

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
        if (keys.Length != _keys.Length)
        {
            WrongKeys(keys.Length);
        }

        TakeBackOpenRow();
        (_at, _open, _fields, _fault) = (_rowStart, true, false, null);
        _advancedBefore = _advanced.Count;
        _written.AsSpan().Clear();
        EnsureRoom(_tablePrefix.Length);
        _tablePrefix.CopyTo(_buffer.AsSpan(_at));
        _at += _tablePrefix.Length;
        for (int i = 0; i < keys.Length; i++)
        {
            Symbol(ref _columns[_keys[i]], keys[i]);
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

        if (_fault is null)
        {
            CheckComplete(micros);
        }

        if (_fault is not null)
        {
            TakeBackOpenRow();
            return _fault;
        }

        EnsureRoom(64);
        _buffer[_at++] = (byte)' ';
        _at += _second.Write(micros, _buffer.AsSpan(_at));
        _open = false;
        _rowStart = _at;
        Rows++;
        return null;
    }

    private void CheckComplete(long micros)
    {
        if (ColumnSet.FirstMissing(Table, _booleans, _written) is { } column)
        {
            Incomplete(column);
        }
        else if (!_fields)
        {
            Incomplete(null);
        }
        else if (!_window.Contains(micros))
        {
            Fail(LineFaultKind.Timestamp, null, _window.Problem(micros));
        }
    }

    private void TakeBackOpenRow()
    {
        if (_open)
        {
            _open = false;
            _at = _rowStart;
            TakeBackCounters(_advancedBefore);
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

    /// <summary>Where a column's bytes and its type stand for this writer; throws for a column that is not this table's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref WrittenColumn Of(Column column)
    {
        WrittenColumn[] columns = _columns;
        int ordinal = column.Ordinal;
        if ((uint)ordinal >= (uint)columns.Length || !ReferenceEquals(columns[ordinal].Column, column))
        {
            Foreign(column);
        }

        return ref columns[ordinal];
    }

    /// <summary>Copies the column's prefix, and marks the column as written in this row.</summary>
    /// <param name="room">Bytes that the caller may write behind it.</param>
    /// <returns>Where the value goes. The caller moves <see cref="_at"/> behind it: once a value, since each move through memory has to be waited for.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Prefix(ref WrittenColumn column, int room)
    {
        int ordinal = column.Ordinal;
        ref ulong word = ref _written[ordinal >> 6];
        ulong bit = 1UL << (ordinal & 63);
        if ((word & bit) != 0 || !_open)
        {
            Misplaced(column.Column);
        }

        word |= bit;
        int at = _at;
        int length = column.Prefix.Length;
        EnsureRoom(length + WrittenColumn.Short + room);
        if (length <= WrittenColumn.Short)
        {
            ref byte to = ref Byte(at);
            column.Head.StoreUnsafe(ref to);
            column.Tail.StoreUnsafe(ref to, 16);
        }
        else
        {
            column.Prefix.CopyTo(_buffer.AsSpan(at));
        }

        return at + length;
    }

    /// <summary>As <see cref="Prefix"/>; the first field of a row stands behind a space.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int FieldPrefix(ref WrittenColumn column, int room)
    {
        int at = Prefix(ref column, room);
        if (!_fields)
        {
            _buffer[_at] = (byte)' ';
            _fields = true;
        }

        return at;
    }

    /// <summary>A byte of the buffer. Whoever writes through it has made room before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte Byte(int at) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_buffer), at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EnsureRoom(int room)
    {
        if (_buffer.Length - _at < room)
        {
            Grow(room);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int room) =>
        Array.Resize(ref _buffer, (int)Math.Clamp(_buffer.Length * 2L, (long)_at + room, Math.Max(Array.MaxLength, (long)_at + room)));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Fail(LineFaultKind kind, Column? column, string message) => _fault ??= new LineFault(kind, column?.Name ?? "", message);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Incomplete(Column? column) => Fail(LineFaultKind.Missing, column, column is null
        ? $"the row of {Table} has no field"
        : $"{column} is BOOLEAN, which has no null, and every row has to give it");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WrongKeys(int given) =>
        throw new ArgumentException($"The table {Table} has the keys {string.Join(", ", Table.Keys.AsEnumerable())}; {given} values were given.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Foreign(Column column) =>
        throw new InvalidOperationException($"The column {column} is not one of this writer's table {Table}.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Misplaced(Column column) =>
        throw new InvalidOperationException(_open ? $"{Table}.{column} is written twice in one row." : "No row has begun.");
}
