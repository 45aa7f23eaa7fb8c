using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;
using Collector.Lines.Tables;

namespace Collector.Lines;

/// <summary>
/// Finds a table's column by the bytes of its name in a line. A name may be written in many ways (its case, needless
/// escapes): those that were met are kept, as many as <see cref="MaxAliases"/>, so that a client's way of writing costs a
/// search of strings only once.
/// </summary>
internal sealed class ColumnNames
{
    private const int MaxAliases = 1024;

    private readonly Table _table;
    private readonly Dictionary<byte[], Column> _columns = new(ByteKeys.Instance);
    private readonly Dictionary<byte[], Column>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    public ColumnNames(Table table)
    {
        _table = table;
        _lookup = _columns.GetAlternateLookup<ReadOnlySpan<byte>>();
        foreach (Column column in table.Columns)
        {
            _columns[LineText.EscapedName(column.Name)] = column;
        }
    }

    /// <param name="escaped">The name as the line holds it, its escapes included.</param>
    public bool TryGet(ReadOnlySpan<byte> escaped, [NotNullWhen(true)] out Column? column)
    {
        if (_lookup.TryGetValue(escaped, out column))
        {
            return true;
        }

        if (!_table.TryGetColumn(ForeignText.Name(escaped), out column) || !Utf8.IsValid(escaped))
        {
            return false;
        }

        if (_columns.Count < _table.Columns.Length + MaxAliases)
        {
            _lookup[escaped] = column;
        }

        return true;
    }
}
