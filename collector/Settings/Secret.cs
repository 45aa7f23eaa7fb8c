using System.Diagnostics;

namespace Collector.Settings;

/// <summary>A password or token. It never prints: not in a log, not as part of its options, not in a debugger.</summary>
[DebuggerDisplay("***")]
public sealed class Secret(string text) : IEquatable<Secret>
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _text = text;

    /// <summary>The text itself, for the one place that sends it.</summary>
    public string Reveal() => _text;

    public bool Equals(Secret? other) => other is not null && string.Equals(_text, other._text, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as Secret);

    public override int GetHashCode() => string.GetHashCode(_text, StringComparison.Ordinal);

    public override string ToString() => "***";
}
