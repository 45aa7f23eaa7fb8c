using System.Buffers;
using System.Text;

namespace Collector.Lines.Tables;

/// <summary>
/// Which names QuestDB takes for tables and columns, checked here so that a bad name is told where it is written: its own
/// rules (TableUtils.isValidTableName and isValidColumnName), and what they leave out and then fails (measured on 9.3.4). They
/// hold for SQLite too, so that its rows can be copied. A table that the database has already needs no name of theirs.
/// </summary>
public static class Names
{
    /// <summary>QuestDB's cairo.max.file.name.length, in characters.</summary>
    public const int MaxLength = 127;

    private const int Foreign = 2 * MaxLength;

    /// <summary>
    /// Bytes of a table's name in UTF-8: its folder and its lock are <c>name~id.lock</c>, with up to 10 digits, and a file
    /// system takes 255. QuestDB 9.3.4 makes half of a table with a longer name, which cannot even be dropped.
    /// </summary>
    public const int MaxTableBytes = 239;

    /// <summary>
    /// Bytes of a column's name in UTF-8: its file is <c>name.d.transaction</c>, with up to 19 digits. One byte too many
    /// suspends the table.
    /// </summary>
    public const int MaxColumnBytes = 233;

    /// <summary>
    /// Each WAL segment has a file <c>_event.i</c>, and so has a column of that name whose values vary in length: QuestDB 9.3.4
    /// overwrites the one with the other and suspends the table for good. File systems that ignore case make it any case.
    /// </summary>
    private const string Event = "_event";

    /// <summary>QuestDB's own, which take no rows; it hides them from <c>tables()</c>.</summary>
    private static readonly HashSet<string> Own = new(
        [
            "_query_trace", "telemetry_config", "sys.column_versions_purge_log", "sys.copy_export_log", "sys.telemetry_mat_view",
            "sys.telemetry_wal", "sys.text_import_log",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly SearchValues<char> ForbiddenInTable = SearchValues.Create("?,'\"\\/:()+*%~\r\n\0" + Controls() + '\u007f' + '\uFEFF');
    private static readonly SearchValues<char> ForbiddenInColumn = SearchValues.Create("?.,'\"\\/:()+-*%~\r\n\0" + Controls() + '\u007f' + '\uFEFF');

    private static readonly SearchValues<char> InMetric = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>Why <paramref name="name"/> cannot name a table; null when it can.</summary>
    public static string? TableProblem(ReadOnlySpan<char> name) =>
        Problem(name, ForbiddenInTable, MaxTableBytes)
        ?? (name[0] == '.' || name[^1] == '.' ? "a table name neither starts nor ends with a dot" : null)
        ?? (name.Contains("..", StringComparison.Ordinal) ? "a table name has no two dots in a row" : null)
        ?? (name[0] == ' ' || name[^1] == ' ' ? "a table name neither starts nor ends with a space" : null)
        ?? (Own.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name) ? "it is a table of QuestDB's own, which takes no rows" : null);

    /// <summary>Why <paramref name="name"/> cannot name a column; null when it can.</summary>
    public static string? ColumnProblem(ReadOnlySpan<char> name) => Problem(name, ForbiddenInColumn, MaxColumnBytes);

    /// <summary>Why <paramref name="name"/> cannot name a column of this type, though it can name others; null when it can.</summary>
    public static string? ColumnProblem(string name, ColumnType type) =>
        type is ColumnType.Varchar or ColumnType.Other && name.Equals(Event, StringComparison.OrdinalIgnoreCase)
            ? $"QuestDB has a file of its own where the values of a column {Event} go, and suspends the table"
            : null;

    /// <summary>Whether a table's name may hold the character, wherever it stands.</summary>
    public static bool FitsTable(char c) => !ForbiddenInTable.Contains(c);

    /// <summary>Whether a column's name may hold the character.</summary>
    public static bool FitsColumn(char c) => !ForbiddenInColumn.Contains(c);

    /// <summary>A metric name as Prometheus' data model has it, without the colons kept for recording rules.</summary>
    public static bool IsMetric(ReadOnlySpan<char> name) => !name.IsEmpty && !char.IsAsciiDigit(name[0]) && !name.ContainsAnyExcept(InMetric);

    private static string? Problem(ReadOnlySpan<char> name, SearchValues<char> forbidden, int maxBytes)
    {
        if (name.IsEmpty)
        {
            return "the name is empty";
        }

        if (name.Length > MaxLength)
        {
            // One that a client sent is cut, so that its length is not known.
            return $"the name has {(name.Length > Foreign ? $"more than {Foreign}" : $"{name.Length}")} characters, at most {MaxLength} are allowed";
        }

        int at = name.IndexOfAny(forbidden);
        if (at < 0)
        {
            return !IsText(name) ? "the name holds half of a surrogate pair, which is no text"
                : Encoding.UTF8.GetByteCount(name) > maxBytes ? $"the name has {Encoding.UTF8.GetByteCount(name)} bytes of UTF-8, at most {maxBytes} are allowed: the database's files bear it"
                : null;
        }

        return char.IsControl(name[at]) || name[at] == '\uFEFF'
            ? $"the name holds the control character U+{(int)name[at]:X4}"
            : $"the name holds the character {name[at]}";
    }

    private static bool IsText(ReadOnlySpan<char> name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (char.IsHighSurrogate(name[i]) && i + 1 < name.Length && char.IsLowSurrogate(name[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(name[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static string Controls() => new([.. Enumerable.Range(1, 0x1f).Select(code => (char)code)]);
}
