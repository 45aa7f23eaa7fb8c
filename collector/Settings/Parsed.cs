using System.Runtime.InteropServices;

namespace Collector.Settings;

/// <summary>What became of a written value: the value, or what is wrong with it ("is no duration").</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Parsed(object? Value, string? Problem)
{
    public static Parsed Right(object value) => new(value, null);

    public static Parsed Wrong(string problem) => new(null, problem);
}
