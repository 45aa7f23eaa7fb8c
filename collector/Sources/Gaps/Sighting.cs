using System.Runtime.InteropServices;

namespace Collector.Sources.Gaps;

/// <summary>What a look at a series showed.</summary>
/// <param name="Records">Records since the look before: 0 for none, null for some of which nobody knows how many.</param>
/// <param name="LastAt">When the last record came, as who watches it tells; null where nobody does.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Sighting(long? Records, DateTimeOffset? LastAt)
{
    /// <summary>The series is there, and nothing new in it.</summary>
    public static readonly Sighting Nothing = new(0, null);

    /// <summary>One record, and when it came: the one case in which nothing about it is a guess.</summary>
    public bool IsExact => Records == 1 && LastAt is not null;
}
