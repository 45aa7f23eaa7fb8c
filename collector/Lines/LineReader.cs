using System.Runtime.InteropServices;
using System.Text;
using Collector.Lines.Tables;

namespace Collector.Lines;

public enum LineStatus
{
    /// <summary>A good row; its values can be read.</summary>
    Row,

    /// <summary>A bad row, told by <see cref="LineReader.Fault"/>; reading goes on behind it.</summary>
    Fault,

    /// <summary>Nothing is left.</summary>
    End,
}

/// <summary>
/// Reads rows of one table from line protocol, versions 1 and 2, and checks each against the table: names, types, keys,
/// ranges and time. Takes what QuestDB takes with the value QuestDB would store, but for what the promises forbid
/// (<c>docs/line-protocol.md</c> lists every difference).
/// <code>
/// line       table tag* [' ' field (',' field)*] [' ' timestamp] end
/// tag        ',' name '=' bare                    field  name '=' value
/// value      t | f | true | false                 boolean, in any case
///            -12i                                 integer
///            1.5e3                                double as text            (version 1)
///            '=' 0x10 and 8 bytes                 double, little endian     (version 2)
///            '=' 0x0E type dims (u32 × dims) ...  array                     (version 2; refused, but read over)
///            '=' 0x17 scale length bytes          decimal                   (version 3; refused, but read over)
///            12t | 12n | 12m                      timestamp in µs | ns | ms
///            "text"                               string
///            nothing                              null
/// timestamp  digits [t | n | m]                     without a letter: <see cref="Precision"/>
/// end        LF | CR | CR LF | the end of the data
/// </code>
/// A comma may end the tags and the fields, with nothing behind it. Between digits an underscore may stand.
/// A backslash makes the next byte an ordinary one, in names, in tags and in strings. Rows are found by this grammar, never
/// by looking for newlines: the bytes of a double may hold several. Allocates nothing for a good row. Not thread-safe.
/// </summary>
public sealed partial class LineReader
{
    private readonly byte[] _tableName;
    private readonly byte[][] _names;
    private readonly ulong[] _booleans;
    private readonly ulong[] _present;
    private readonly Value[] _values;
    private readonly ulong[] _nulls;
    private readonly ColumnNames _byName;

    // Behind each column (0: behind the table's name) the one that followed it last time; -1 where none has.
    private readonly int[] _next;
    private byte[] _tableAlias;
    private ReadOnlyMemory<byte> _data;
    private TimeWindow _window;
    private int _at;
    private int _rowStart;
    private int _last;
    private bool _tagged;
    private bool _anyNull;
    private string? _unknownColumn;

    /// <param name="table">The table.</param>
    /// <param name="asSent">True to keep the values of the line, see <see cref="IsAsSent"/>; false to have those of the table's columns.</param>
    public LineReader(Table table, bool asSent = false)
    {
        Table = table;
        IsAsSent = asSent;
        _takes = [.. table.Columns.Select(column => table.IsGuess ? Casts.Any : Casts.Into(column))];
        _tableAlias = _tableName = LineText.EscapedName(table.Name);
        _names = [.. table.Columns.Select(column => (byte[])[.. LineText.EscapedName(column.Name), (byte)'='])];
        _values = new Value[table.Columns.Length];
        _present = new ulong[(table.Columns.Length + 63) / 64];
        _nulls = new ulong[_present.Length];
        _booleans = ColumnSet.Of(table, column => column.Type == ColumnType.Boolean && !table.IsMade);
        _byName = new ColumnNames(table);
        _next = [.. Enumerable.Repeat(-1, table.Columns.Length + 1)];
    }

    public Table Table { get; }

    /// <summary>What the digits of a timestamp without a letter count. Default nanoseconds.</summary>
    public Precision Precision { get; set; } = Precision.Nanoseconds;

    /// <summary>The time for rows that bring none, in microseconds, taken as it is; null makes such a row a fault.</summary>
    public long? ArrivalMicros { get; set; }

    /// <summary>
    /// Where set, columns that the table lacks are told here with the type that their value asks for, and a row whose only
    /// fault they are is one that could be read with them. Null: such a column is a fault like any other.
    /// </summary>
    public List<UnknownColumn>? Unknown { get; init; }

    /// <summary>Bytes of a row, its end included; a longer one is a fault, whatever else it is. Default: no limit.</summary>
    public int MaxRowBytes { get; set; } = int.MaxValue;

    /// <summary>True when the row last read could be read if its table had the columns of <see cref="Unknown"/>.</summary>
    public bool WantsColumns { get; private set; }

    /// <summary>True when the row last read brought its time with it.</summary>
    public bool HasTime { get; private set; }

    /// <summary>Where the next row begins, in bytes.</summary>
    public int Position => _at;

    /// <summary>
    /// The number of the row last read, from 1. As in QuestDB's own error replies a row counts once, whatever newlines its
    /// strings hold, and blank lines do not count.
    /// </summary>
    public int Line { get; private set; }

    /// <summary>What is wrong with the row last read.</summary>
    public LineFault? Fault { get; private set; }

    /// <summary>The row's time in microseconds since 1970 UTC.</summary>
    public long Micros { get; private set; }

    /// <summary>Nanoseconds beyond <see cref="Micros"/>, 0 to 999: most tables have no place for them.</summary>
    public int Nanos { get; private set; }

    /// <summary>The bytes of the row last read, its end included.</summary>
    public ReadOnlyMemory<byte> Row => _data[_rowStart.._at];

    /// <summary>Begins with new data.</summary>
    /// <param name="window">The timestamps that are taken.</param>
    public void Start(ReadOnlyMemory<byte> data, TimeWindow window)
    {
        (_data, _window, _at, _rowStart, Line, Fault) = (data, window, 0, 0, 0, null);
    }

    /// <summary>Goes on elsewhere in the data, whose rows are shared with readers of other tables.</summary>
    /// <param name="position">Where a row begins.</param>
    /// <param name="line">Rows before it.</param>
    public void Continue(int position, int line) => (_at, Line) = (position, line);

    /// <summary>Puts a value into the row last read, where it has none: an increase that its sender did not work out.</summary>
    /// <param name="column">A LONG column.</param>
    public void Supply(Column column, long value) => Set(column, new Value(value, 0, 0));

    /// <summary>Reads the next row.</summary>
    public LineStatus Read()
    {
        ReadOnlySpan<byte> data = _data.Span;
        while (_at < data.Length && data[_at] is (byte)'\n' or (byte)'\r')
        {
            _at++;
        }

        Fault = null;
        _rowStart = _at;
        if (_at >= data.Length)
        {
            return LineStatus.End;
        }

        Line++;
        _last = -1;
        _tagged = false;
        _present.AsSpan().Clear();
        Unknown?.Clear();
        if (_anyNull)
        {
            _nulls.AsSpan().Clear();
            _anyNull = false;
        }

        ReadRow(data);
        if (_at - _rowStart > MaxRowBytes)
        {
            Fault = LineFault.TooLong(_at - _rowStart, MaxRowBytes, Line);
        }
        else if (Fault is null)
        {
            CheckComplete();
        }

        WantsColumns = Fault is null && Unknown is { Count: > 0 };
        if (WantsColumns)
        {
            UnknownColumn first = Unknown![0];
            Fail(LineFaultKind.Column, first.Name, _rowStart, $"the table {Table} has no column {ForeignText.Show(first.Name)}");
        }

        return Fault is null ? LineStatus.Row : LineStatus.Fault;
    }

    /// <summary>True when the row holds a value for the column.</summary>
    public bool Has(Column column) => (_present[column.Ordinal >> 6] & (1UL << (column.Ordinal & 63))) != 0;

    /// <summary>The value of a LONG column, or of a TIMESTAMP column in microseconds.</summary>
    public long Long(Column column) => _values[column.Ordinal].Bits;

    public double Double(Column column) => BitConverter.Int64BitsToDouble(_values[column.Ordinal].Bits);

    public bool Boolean(Column column) => _values[column.Ordinal].Bits != 0;

    /// <summary>The columns that the row holds, as bits by ordinal.</summary>
    internal ReadOnlySpan<ulong> Present => _present;

    /// <summary>True when the text of a SYMBOL or VARCHAR column holds escapes.</summary>
    internal bool IsEscaped(Column column) => _values[column.Ordinal].Bits != 0;

    /// <summary>Where the text of a SYMBOL or VARCHAR column ends in the data.</summary>
    internal int EndOf(Column column) => _values[column.Ordinal].Start + _values[column.Ordinal].Length;

    /// <summary>The text of a SYMBOL or VARCHAR column as the line holds it, its escapes included.</summary>
    public ReadOnlySpan<byte> Escaped(Column column)
    {
        ref Value value = ref _values[column.Ordinal];
        return _data.Span.Slice(value.Start, value.Length);
    }

    /// <summary>The text of a SYMBOL or VARCHAR column.</summary>
    public string Text(Column column)
    {
        ReadOnlySpan<byte> escaped = Escaped(column);
        if (_values[column.Ordinal].Bits == 0)
        {
            return Encoding.UTF8.GetString(escaped);
        }

        byte[] plain = new byte[escaped.Length];
        return Encoding.UTF8.GetString(plain, 0, LineText.Unescape(escaped, plain));
    }

    private void CheckComplete()
    {
        if (ColumnSet.FirstMissing(Table, _booleans, _present) is { } column)
        {
            Fail(LineFaultKind.Missing, column.Name, _rowStart, $"{column} is BOOLEAN, which has no null, and every row has to give it");
        }
        else if (IsAsSent && Table.Columns.Length == 0 && Unknown is not { Count: > 0 })
        {
            Fail(LineFaultKind.Column, "", _rowStart, $"the row has no value, and the table {Table} no column that could be named without one");
        }
        else if (HasTime && !_window.Contains(Micros))
        {
            Fail(LineFaultKind.Timestamp, "", _rowStart, _window.Problem(Micros));
        }
    }

    private void Fail(LineFaultKind kind, string field, int at, string message) =>
        Fault ??= new LineFault(kind, field, message, Line, at - _rowStart + 1);

    /// <summary>A value, converted to its column's type.</summary>
    /// <param name="Bits">The number; for text 1 where it holds escapes, else 0.</param>
    /// <param name="Start">Where text begins in the data.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Value(long Bits, int Start, int Length);
}
