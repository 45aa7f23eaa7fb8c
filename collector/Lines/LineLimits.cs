using Collector.Lines.Tables;

namespace Collector.Lines;

/// <summary>The bounds that every row is held to, whoever wrote it.</summary>
public static class LineLimits
{
    /// <summary>Bytes of a key's value. Keys are identities, not prose.</summary>
    public const int KeyBytes = 255;

    /// <summary>Bytes of the key <c>labels</c>, which holds a whole label set.</summary>
    public const int LabelsBytes = 4096;

    /// <summary>Bytes of any other text value.</summary>
    public const int TextBytes = 64 * 1024;

    /// <summary>How far ahead of the collector's clock a row may be dated: one minute.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromMinutes(1);

    public static int MaxBytes(Column column) =>
        column is { IsKey: true } ? (column.Name == "labels" ? LabelsBytes : KeyBytes) : TextBytes;
}
