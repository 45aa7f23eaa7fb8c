using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Collector.Lines.Tables;

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
/// A row is <see cref="Begin"/>, symbols, then fields, then <see cref="End(long)"/>; beside its keys it has one of either at least. A value that cannot be stored latches a
/// <see cref="LineFault"/>; <see cref="End(long)"/> then takes the whole row back, and leaves those before it as they were.
/// Allocates nothing once its buffer has grown. Not thread-safe.
/// </summary>
public sealed partial class LineWriter
{
    /// <summary>A value that is no text: a sign, digits and a letter. A short text is shorter.</summary>
    private const int ValueRoom = Digits.Room + 1;

    /// <summary>A space, a time and the line's end.</summary>
    private const int EndRoom = 64;

    private readonly Literal _tableName;
    private readonly WrittenColumn[] _columns;
    private readonly int[] _keys;
    private readonly ulong[] _booleans;
    private readonly bool _hasBooleans;
    private readonly ulong[] _keySet;
    private readonly int _rowRoom;

    /// <summary>The columns that the open row has; all of them while none is open, so that one look tells both mistakes.</summary>
    private readonly ulong[] _written;

    private readonly Stack<(CounterBaseline Baseline, long? Before)> _advanced = new();
    private readonly CounterProgress? _progress;
    private readonly TimeProvider _clock;
    private byte[] _buffer;
    private int _at;
    private int _rowStart;
    private int _seriesEnd;
    private int _symbolsEnd;
    private int _refusedEnd;
    private int _advancedBefore;
    private bool _open;
    private LineFault? _fault;
    private Action<ulong>? _whenWritten;
    private TimeWindow _window;
    private SecondText _second;

    /// <param name="clock">Tells which timestamps the table takes; read once a batch.</param>
    /// <param name="baselines">Turns counters into increases; without it the <c>_delta</c> columns stay empty.</param>
    public LineWriter(Table table, TimeProvider clock, CounterBaselines? baselines = null, int capacity = 4096)
    {
        Table = table;
        _clock = clock;
        _buffer = new byte[capacity];
        _tableName = new Literal(LineText.EscapedName(table.Name));
        _columns = [.. table.Columns.Select(column =>
            new WrittenColumn(column, column.Delta is null ? null : baselines?.For(table.Name, column.Name)))];
        _progress = PushedCounters.Concern(table) ? baselines?.ProgressOf(table.Name) : null;
        _keys = [.. table.Keys.Select(key => key.Ordinal)];
        _booleans = ColumnSet.Of(table, column => column.Type == ColumnType.Boolean);
        _keySet = ColumnSet.Of(table, column => column.IsKey);
        _hasBooleans = table.Columns.Any(column => column.Type == ColumnType.Boolean);
        _written = new ulong[_keySet.Length];
        _written.AsSpan().Fill(ulong.MaxValue);
        _rowRoom = _tableName.Length + _columns.Sum(column => column.Prefix.Length + ValueRoom) + Literal.Room + EndRoom;
        Clear();
    }

    public Table Table { get; }

    /// <summary>Completed rows since the last <see cref="Clear"/>.</summary>
    public int Rows { get; private set; }

    /// <summary>The completed rows.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _rowStart);

    /// <summary>To be called with the record of the table's log that the completed rows have become: their counters stand, whatever follows.</summary>
    public Action<ulong> WhenWritten => _whenWritten ??= Keep;

    /// <summary>The row that <see cref="End(long)"/> just took back, without the values that could not be written; until the next one begins.</summary>
    public ReadOnlyMemory<byte> Refused => _buffer.AsMemory(_rowStart.._refusedEnd);

    /// <summary>
    /// Forgets all rows, which have been kept elsewhere, holds on to the buffer, and reads the clock for the timestamps of
    /// the next ones. A row that has begun and not ended is kept nowhere: its counters go back.
    /// </summary>
    public void Clear()
    {
        KeepCounters();
        (_rowStart, Rows) = (0, 0);
        _window = TimeWindow.At(_clock.GetUtcNow(), Table);
    }

    /// <summary>
    /// Forgets all rows, which were kept nowhere: their counters' increase will be part of the next reading's. Of rows that were
    /// written all the same the counters stay.
    /// </summary>
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
        (_open, _fault, _advancedBefore) = (true, null, _advanced.Count);
        for (int i = 0; i < _written.Length; i++)
        {
            _written[i] = _keySet[i];
        }

        int at = _rowStart;
        EnsureRoom(at, _rowRoom);
        _tableName.Write(ref Byte(at));
        at += _tableName.Length;
        for (int i = 0; i < keys.Length; i++)
        {
            at = Symbol(ref _columns[_keys[i]], keys[i], at);
        }

        _at = _symbolsEnd = _seriesEnd = at;
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

        _buffer[_symbolsEnd] = (byte)' '; // each field began with a comma, and the first one stands behind a space
        _buffer[_at] = (byte)' ';
        int end = _at + 1 + _second.Write(micros, _buffer.AsSpan(_at + 1));
        if (_fault is not null)
        {
            _refusedEnd = end;
            TakeBackOpenRow();
            return _fault;
        }

        _rowStart = end;
        Rows++;
        Close();
        return null;
    }

    private void Keep(ulong record)
    {
        KeepCounters();
        if (_progress is not null)
        {
            _progress.Record = record; // comes last: it says that all before it are kept
        }
    }

    private void KeepCounters()
    {
        TakeBackOpenRow();
        foreach ((CounterBaseline baseline, _) in _advanced)
        {
            baseline.Keep();
        }

        _advanced.Clear();
    }

    private void CheckComplete(long micros)
    {
        if (_hasBooleans && ColumnSet.FirstMissing(Table, _booleans, _written) is { } column)
        {
            Incomplete(column);
        }
        else if (_at == _seriesEnd)
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
            Close();
            TakeBackCounters(_advancedBefore);
        }
    }

    private void Close()
    {
        _open = false;
        foreach (ref ulong word in _written.AsSpan())
        {
            word = ulong.MaxValue;
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

    /// <summary>Writes what stands before a field's value, and marks the column as written.</summary>
    /// <returns>Where the value goes. The caller moves <see cref="_at"/> behind it, once: a move through memory has to be waited for.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Field(ref WrittenColumn column)
    {
        Mark(ref column);
        column.Prefix.Write(ref Byte(_at));
        return _at + column.Prefix.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Mark(ref WrittenColumn column)
    {
        ref ulong word = ref _written[column.Ordinal >> 6];
        ulong bit = 1UL << (column.Ordinal & 63);
        if ((word & bit) != 0)
        {
            Misplaced(column.Column);
        }

        word |= bit;
    }

    /// <summary>A byte of the buffer. Whoever writes through it has made room before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte Byte(int at) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_buffer), at);

    /// <summary>
    /// Makes room for <paramref name="room"/> bytes from <paramref name="at"/> on. A row's begin makes it for all of the row but
    /// its long texts, which make it for themselves and for what may follow.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EnsureRoom(int at, int room)
    {
        if (_buffer.Length - at < room)
        {
            Grow(at, room);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int at, int room) =>
        Array.Resize(ref _buffer, (int)Math.Clamp(_buffer.Length * 2L, (long)at + room, Math.Max(Array.MaxLength, (long)at + room)));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Fail(LineFaultKind kind, Column? column, string message) => _fault ??= new LineFault(kind, column?.Name ?? "", message);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Incomplete(Column? column) => Fail(LineFaultKind.Missing, column, column is null
        ? $"the row of {Table} has no value beside its keys"
        : $"{column} is BOOLEAN, which has no null, and every row has to give it");

    [DoesNotReturn]
    private void WrongKeys(int given) =>
        throw new ArgumentException($"The table {Table} has the keys {string.Join(", ", Table.Keys.AsEnumerable())}; {given} values were given.");

    [DoesNotReturn]
    private void Foreign(Column column) =>
        throw new InvalidOperationException($"The column {column} is not one of this writer's table {Table}.");

    [DoesNotReturn]
    private void Misplaced(Column column) =>
        throw new InvalidOperationException(_open ? $"{Table}.{column} is written twice in one row." : "No row has begun.");
}
