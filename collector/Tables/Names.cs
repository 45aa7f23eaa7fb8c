using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Collector.Tables;

/// <summary>
/// Which names QuestDB takes for tables and columns: its own rules (TableUtils.isValidTableName and
/// isValidColumnName), checked here so that a bad name is told where it is written.
/// </summary>
internal static partial class Names
{
    /// <summary>QuestDB's cairo.max.file.name.length, in characters.</summary>
    public const int MaxLength = 127;

    private const int Foreign = 2 * MaxLength;
    /// <summary>
    /// Bytes of UTF-8. The file system takes 255, and QuestDB's files are called <c>COLUMN.d.N</c>, N being a transaction of
    /// up to 19 digits, and <c>TABLE~ID.lock</c>. A name beyond it is not refused there: a table with such a column is
    /// suspended for good.
    /// </summary>
    public const int MaxBytes = 230;

    private static readonly SearchValues<char> ForbiddenInTable = SearchValues.Create("?,'\"\\/:()+*%~\r\n\0" + Controls() + '\u007f' + '\uFEFF');
    private static readonly SearchValues<char> ForbiddenInColumn = SearchValues.Create("?.,'\"\\/:()+-*%~\r\n\0" + Controls() + '\u007f' + '\uFEFF');

    /// <summary>Why <paramref name="name"/> cannot name a table; null when it can.</summary>
    public static string? TableProblem(ReadOnlySpan<char> name) =>
        Problem(name, ForbiddenInTable)
        ?? (name[0] == '.' || name[^1] == '.' ? "a table name neither starts nor ends with a dot" : null)
        ?? (name.Contains("..", StringComparison.Ordinal) ? "a table name has no two dots in a row" : null)
        ?? (name[0] == ' ' || name[^1] == ' ' ? "a table name neither starts nor ends with a space" : null);

    /// <summary>Why <paramref name="name"/> cannot name a column; null when it can.</summary>
    public static string? ColumnProblem(ReadOnlySpan<char> name) => Problem(name, ForbiddenInColumn);

    /// <summary>Whether a table's name may hold the character, wherever it stands.</summary>
    public static bool FitsTable(char c) => !ForbiddenInTable.Contains(c);

    /// <summary>Whether a column's name may hold the character.</summary>
    public static bool FitsColumn(char c) => !ForbiddenInColumn.Contains(c);

    /// <summary>A metric name as Prometheus' data model has it, without the colons kept for recording rules.</summary>
    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_]*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    public static partial Regex Metric();

    private static string? Problem(ReadOnlySpan<char> name, SearchValues<char> forbidden)
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

        if (Encoding.UTF8.GetByteCount(name) is > MaxBytes and int bytes)
        {
            return $"the name has {bytes} bytes of UTF-8, at most {MaxBytes} are allowed: the database's files bear it";
        }

        int at = name.IndexOfAny(forbidden);
        if (at < 0)
        {
            return IsText(name) ? null : "the name holds half of a surrogate pair, which is no text";
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
