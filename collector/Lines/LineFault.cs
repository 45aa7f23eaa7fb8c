namespace Collector.Lines;

/// <summary>What is wrong with a line. The values are reasons in quarantine and at <c>/metrics</c>: never renamed.</summary>
public enum LineFaultKind
{
    /// <summary>Where the line ends cannot be told, so nothing behind it can be read either.</summary>
    Framing,

    /// <summary>The line is cut in a way the grammar does not know, and ends where it should.</summary>
    Syntax,

    /// <summary>There is no such table, or it is another one.</summary>
    Table,

    /// <summary>The table has no such column, or the name is illegal.</summary>
    Column,

    /// <summary>A value of a type that the column cannot take.</summary>
    Type,

    /// <summary>A number out of range, not finite, or a negative counter; text that is too long.</summary>
    Value,

    /// <summary>Text that is not valid UTF-8 or UTF-16.</summary>
    Text,

    /// <summary>A BOOLEAN column that the row leaves out: QuestDB would read it as false.</summary>
    Missing,

    /// <summary>No timestamp, one too far ahead, or one older than the table keeps.</summary>
    Timestamp,

    /// <summary>The line is longer than a line may be.</summary>
    Length,
}

/// <summary>Why a row is not taken.</summary>
/// <param name="Kind">The class of fault.</param>
/// <param name="Field">The column concerned; empty where it is the line as a whole.</param>
/// <param name="Message">One sentence for people: what stands there and what was expected.</param>
/// <param name="Line">The line within what was read, from 1; 0 where a row was written and not read.</param>
/// <param name="Position">The byte within that line, from 1; 0 as above.</param>
public sealed record LineFault(LineFaultKind Kind, string Field, string Message, int Line = 0, int Position = 0)
{
    /// <summary>Of a line that is longer than the gateway takes, the one bound of a line that is an option.</summary>
    /// <param name="bytes">Its length.</param>
    /// <param name="most">What it may have.</param>
    public static LineFault TooLong(int bytes, long most, int line) =>
        new(LineFaultKind.Length, "", $"the line has {bytes} bytes; it may have {most} (gateway.max_line_bytes)", line, 1);

    public override string ToString() => Line > 0 ? $"line {Line}, byte {Position}: {Message}" : Message;
}
