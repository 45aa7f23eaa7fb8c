using System.Buffers;
using System.Text;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Pipe.Replay;

/// <summary>Rows of a file and the entry of the quarantine that they stand for.</summary>
/// <param name="Table">The table of the rows.</param>
/// <param name="Line">Where the first of them begins in the file.</param>
public sealed record EditedRow(Table Table, ReplayItem Item, int Line);

/// <summary>
/// A file as <c>collector spool export --quarantine</c> writes it and a person has edited it: rows, and comments. What stands
/// below <c># entry NAME TABLE</c> replaces that entry, however many rows it is; without such a line above them rows are new.
/// </summary>
public static class EditedRows
{
    /// <summary>Behind the <c># </c> of a comment.</summary>
    public const string EntryMark = "entry ";

    /// <param name="faults">Is told of each row that does not fit: <c>line 12: ...</c></param>
    public static IReadOnlyList<EditedRow> Read(ReadOnlyMemory<byte> data, TableCatalog tables, DateTimeOffset now, List<string> faults)
    {
        var rows = new List<EditedRow>();
        var readers = new Dictionary<string, LineReader>(StringComparer.Ordinal);
        (string Id, string Table)? entry = null;
        for ((int at, int line) = (0, 1); at < data.Length;)
        {
            ReadOnlySpan<byte> rest = data.Span[at..];
            int length = rest[0] is (byte)'\n' or (byte)'\r' ? 1 : rest[0] == (byte)'#' ? CommentLength(rest) : RowLength(rest);
            ReadOnlyMemory<byte> part = data.Slice(at, length);
            if (rest[0] == (byte)'#')
            {
                entry = Entry(Encoding.UTF8.GetString(part.Span)) ?? entry;
            }
            else if (length > 1)
            {
                Add(part, line);
            }

            line += part.Span.Count((byte)'\n');
            at += length;
        }

        return rows;

        void Add(ReadOnlyMemory<byte> row, int line)
        {
            string name = TableOf(row.Span);
            if (!tables.TryGet(name, out Table? table))
            {
                faults.Add($"line {line}: there is no table {name} in the schema folder");
                return;
            }

            if (!readers.TryGetValue(table.Name, out LineReader? reader))
            {
                readers[table.Name] = reader = new LineReader(table);
            }

            reader.Start(row, TimeWindow.At(now, table));
            if (reader.Read() == LineStatus.Fault)
            {
                faults.Add($"line {line}: {reader.Fault!.Message}");
                return;
            }

            Join(rows, new EditedRow(table, new ReplayItem(entry?.Id, entry?.Table, Ended(row)), line));
        }
    }

    /// <summary>The table that a row names, its escapes removed.</summary>
    public static string TableOf(ReadOnlySpan<byte> row)
    {
        int end = 0;
        while (end < row.Length && row[end] is not ((byte)',' or (byte)' ' or (byte)'\n'))
        {
            end += row[end] == (byte)'\\' ? 2 : 1;
        }

        byte[] plain = new byte[Math.Min(end, row.Length)];
        return Encoding.UTF8.GetString(plain, 0, LineText.Unescape(row[..plain.Length], plain));
    }

    /// <summary>Several rows below one entry replace it together.</summary>
    private static void Join(List<EditedRow> rows, EditedRow row)
    {
        if (rows is [.., var last] && row.Item.Entry is not null && last.Item.Entry == row.Item.Entry && last.Table == row.Table)
        {
            rows[^1] = last with { Item = last.Item with { Rows = [.. last.Item.Rows!, .. row.Item.Rows!] } };
        }
        else
        {
            rows.Add(row);
        }
    }

    private static byte[] Ended(ReadOnlyMemory<byte> row) => row.Span[^1] == (byte)'\n' ? row.ToArray() : [.. row.Span, (byte)'\n'];

    private static int RowLength(ReadOnlySpan<byte> rest) => LineReader.WriteText(rest, new ArrayBufferWriter<byte>(), out _);

    private static int CommentLength(ReadOnlySpan<byte> rest) => rest.IndexOf((byte)'\n') is >= 0 and var end ? end + 1 : rest.Length;

    private static (string Id, string Table)? Entry(string comment) =>
        comment.TrimStart('#', ' ') is var text && text.StartsWith(EntryMark, StringComparison.Ordinal)
        && text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [_, var id, var table, ..]
            ? (id, table)
            : null;
}
