namespace Collector.Sources;

/// <summary>
/// Why a sample was left out of a reading that was taken. The values are the label <c>reason</c> of
/// <c>source_samples_left_out_total</c>: never renamed.
/// </summary>
public enum LeftOut
{
    /// <summary>Not a number: what a program writes that has none, a summary without observations, or a series that its owner gave up.</summary>
    Nan,

    /// <summary>An infinity.</summary>
    Infinite,

    /// <summary>The same series stood on the page before.</summary>
    Duplicate,

    /// <summary>Two samples fill the same column of the same row, and neither is more right.</summary>
    Ambiguous,

    /// <summary>Labels of more bytes than are kept.</summary>
    Labels,

    /// <summary>A name of more bytes than are kept.</summary>
    Name,

    /// <summary>A timestamp that the table does not take.</summary>
    Timestamp,

    /// <summary>A number that the column cannot hold: too large for it, or a counter below 0.</summary>
    Range,

    /// <summary>A file or folder whose name is not UTF-8, so that it cannot be opened.</summary>
    Unreadable,
}
