namespace Collector.Pipe.Spool;

/// <summary>The spool cannot be opened; the message says what to do.</summary>
public class SpoolException : IOException
{
    public SpoolException()
    {
    }

    public SpoolException(string message)
        : base(message)
    {
    }

    public SpoolException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>Another process holds the directory.</summary>
public sealed class SpoolInUseException : SpoolException
{
    public SpoolInUseException()
    {
    }

    public SpoolInUseException(string message)
        : base(message)
    {
    }

    public SpoolInUseException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>A segment was written by a version this one cannot read.</summary>
internal sealed class SpoolFormatException : SpoolException
{
    public SpoolFormatException()
    {
    }

    public SpoolFormatException(string message)
        : base(message)
    {
    }

    public SpoolFormatException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
