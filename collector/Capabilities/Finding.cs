namespace Collector.Capabilities;

public enum Verdict
{
    Ok,

    /// <summary>The collector works; something about it deserves a look.</summary>
    Warn,

    /// <summary>Rows are lost, refused or not shown until this is mended, or the collector does not start.</summary>
    Fail,
}

/// <summary>What one check found.</summary>
/// <param name="Check">What was checked, in a word: a machine's name for it, never renamed.</param>
/// <param name="Text">What was found, in one line.</param>
/// <param name="Advice">What to do next; null where there is nothing to do.</param>
public sealed record Finding(Verdict Verdict, string Check, string Text, string? Advice = null)
{
    public static Finding Ok(string check, string text) => new(Verdict.Ok, check, text);

    /// <summary>All is well; it could be better.</summary>
    public static Finding Hint(string check, string text, string advice) => new(Verdict.Ok, check, text, advice);

    public static Finding Warn(string check, string text, string advice) => new(Verdict.Warn, check, text, advice);

    public static Finding Fail(string check, string text, string advice) => new(Verdict.Fail, check, text, advice);
}
