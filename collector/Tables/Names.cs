using System.Buffers;

namespace Collector.Tables;

/// <summary>
/// Which names QuestDB takes for tables and columns: its own rules (TableUtils.isValidTableName and
/// isValidColumnName), checked here so that a bad name is told where it is written.
/// </summary>
internal static class Names
{
    /// <summary>QuestDB's cairo.max.file.name.length, in characters.</summary>
    public const int MaxLength = 127;

    private static readonly SearchValues<char> ForbiddenInTable = SearchValues.Create("?,'\"\\/:()+*%~\r\n\0" + Controls() + '\u007f' + '\uFEFF');
    private static readonly SearchValues<char> ForbiddenInColumn = SearchValues.Create("?.,'\"\\/:()+-*%~\r\n\0" + Controls() + '\u007f' + '\uFEFF');

    private static readonly SearchValues<char> InMetric = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>Why <paramref name="name"/> cannot name a table; null when it can.</summary>
    public static string? TableProblem(ReadOnlySpan<char> name) =>
        Problem(name, ForbiddenInTable)
        ?? (name[0] == '.' || name[^1] == '.' ? "a table name neither starts nor ends with a dot" : null)
        ?? (name.Contains("..", StringComparison.Ordinal) ? "a table name has no two dots in a row" : null)
        ?? (name[0] == ' ' || name[^1] == ' ' ? "a table name neither starts nor ends with a space" : null);

    /// <summary>Why <paramref name="name"/> cannot name a column; null when it can.</summary>
    public static string? ColumnProblem(ReadOnlySpan<char> name) => Problem(name, ForbiddenInColumn);

    /// <summary>A metric name as Prometheus' data model has it, without the colons kept for recording rules.</summary>
    public static bool IsMetric(ReadOnlySpan<char> name) => !name.IsEmpty && !char.IsAsciiDigit(name[0]) && !name.ContainsAnyExcept(InMetric);

    private static string? Problem(ReadOnlySpan<char> name, SearchValues<char> forbidden)
    {
        if (name.IsEmpty)
        {
            return "the name is empty";
        }

        if (name.Length > MaxLength)
        {
            return $"the name has {name.Length} characters, at most {MaxLength} are allowed";
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
