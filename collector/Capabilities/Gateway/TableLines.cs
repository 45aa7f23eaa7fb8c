using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Capabilities.Gateway;

/// <summary>The rows of one table within one request: read, checked and written anew. Used by one request at a time.</summary>
internal sealed class TableLines(Table table, TableIntakes doors)
{
    private TableIntake? _door;

    /// <summary>The table's name as most lines spell it.</summary>
    public byte[] Name { get; } = LineText.EscapedName(table.Name);

    public Table Table { get; private set; } = table;

    public LineReader Reader { get; private set; } = ReaderOf(table);

    public LineRewriter Written { get; } = new(table);

    /// <summary>Made when it is first asked for: a table that a request only plans gets none.</summary>
    public TableIntake Door => _door ??= doors.Of(Table);

    /// <summary>Rows that begin before it are on disk already, from an earlier try.</summary>
    public int TakenTo { get; private set; }

    /// <summary>True once the request has named the table.</summary>
    public bool IsTouched { get; private set; }

    /// <summary>Takes up the request's data, with the table as it is now.</summary>
    public void Start(Table table, ReadOnlyMemory<byte> data, Precision precision, int maxRowBytes, DateTimeOffset now, int takenTo)
    {
        if (table != Table)
        {
            Table = table;
            Reader = ReaderOf(table);
            Written.Adopt(table);
        }

        (Reader.Precision, Reader.MaxRowBytes) = (precision, maxRowBytes);
        Reader.Start(data, TimeWindow.At(now, table));
        (TakenTo, IsTouched) = (takenTo, true);
    }

    /// <summary>A reader that tells which columns the table lacks. Of a table without a schema file it keeps the values as they were sent.</summary>
    public static LineReader ReaderOf(Table table) => new(table, asSent: table.IsMade) { Unknown = [] };

    /// <summary>Lets go of the request's data.</summary>
    public void End()
    {
        Written.Clear();
        Reader.Start(default, TimeWindow.Any);
        IsTouched = false;
    }
}
