using System.Globalization;
using System.Runtime.InteropServices;

namespace Collector.Settings;

/// <summary>A number of bytes that is written with its unit: 64KiB, 1GiB, 10MB; a plain number is bytes.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ByteSize(long Bytes)
{
    public const string Expected = "write a number and a unit, such as 64KiB, 10MB or 1GiB; a plain number is bytes";
    public const string Pattern = @"^[0-9]+(\.[0-9]+)?([KMGTkmgt][Ii]?)?[Bb]?$";

    // From the largest, for writing.
    private static readonly (string Name, long Bytes)[] Units =
    [
        ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("B", 1),
    ];

    public static ByteSize KiB(long count) => new(count << 10);

    public static ByteSize MiB(long count) => new(count << 20);

    public static ByteSize GiB(long count) => new(count << 30);

    public static Parsed Parse(string text)
    {
        ReadOnlySpan<char> number = text.AsSpan().TrimEnd("KMGTkmgtIiBb");
        string name = text[number.Length..];
        (string Name, long Bytes) unit = name.Length == 0 ? Units[^1] : Array.Find(Units, each => string.Equals(each.Name, name, StringComparison.OrdinalIgnoreCase));
        if (unit.Name is null || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal count))
        {
            return Parsed.Wrong("is no size in bytes");
        }

        if (count > long.MaxValue / unit.Bytes)
        {
            return Parsed.Wrong("is too large a size");
        }

        decimal bytes = count * unit.Bytes;
        return bytes == decimal.Truncate(bytes) ? Parsed.Right(new ByteSize((long)bytes)) : Parsed.Wrong("is no whole number of bytes");
    }

    /// <summary>With the largest unit that divides it, as it would be written in the file.</summary>
    public override string ToString()
    {
        long bytes = Bytes;
        (string? name, long size) = Array.Find(Units, each => bytes != 0 && bytes % each.Bytes == 0);
        return name is null or "B"
            ? bytes.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / size}{name}");
    }
}
