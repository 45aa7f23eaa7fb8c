namespace Collector.Sources;

/// <summary>Why a reading could not be taken. The values are the label <c>reason</c> of <c>source_errors_total</c>: never renamed.</summary>
internal enum SourceError
{
    /// <summary>No connection, or it broke.</summary>
    Unreachable,

    /// <summary>No answer in time.</summary>
    Timeout,

    /// <summary>An answer that says no: a status other than success.</summary>
    Status,

    /// <summary>An answer that is not what was asked for, or that holds a value of another type.</summary>
    Format,

    /// <summary>A row that its table does not take.</summary>
    Row,

    /// <summary>The spool took nothing.</summary>
    Spool,

    /// <summary>A fault of the source itself.</summary>
    Internal,
}

/// <summary>A reading, or a part of it, that could not be taken.</summary>
internal sealed class SourceException(SourceError error, string message, Exception? inner = null) : Exception(message, inner)
{
    public SourceError Error { get; } = error;
}
