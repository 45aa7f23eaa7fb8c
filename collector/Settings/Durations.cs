using System.Globalization;

namespace Collector.Settings;

/// <summary>A number and a unit: 500ms, 10s, 5m, 1h, 7d; also 1.5h.</summary>
public static class Durations
{
    public const string Expected = "write a number and a unit, such as 500ms, 10s, 5m, 1h or 7d";
    public const string Pattern = @"^[0-9]+(\.[0-9]+)?(ms|s|m|h|d)$";

    // From the largest, for writing.
    private static readonly (string Name, long Ticks)[] Units =
    [
        ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond),
    ];

    public static Parsed Parse(string text)
    {
        ReadOnlySpan<char> number = text.AsSpan().TrimEnd("abcdefghijklmnopqrstuvwxyz");
        string name = text[number.Length..];
        (string Name, long Ticks) unit = Array.Find(Units, each => string.Equals(each.Name, name, StringComparison.Ordinal));
        if (unit.Name is null || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal count))
        {
            return Parsed.Wrong("is no duration");
        }

        return count > TimeSpan.MaxValue.Ticks / unit.Ticks
            ? Parsed.Wrong("is too long a duration")
            : Parsed.Right(new TimeSpan((long)(count * unit.Ticks)));
    }

    /// <summary>The shortest exact way to write it: 90s, not 1.5m.</summary>
    public static string Write(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0s";
        }

        (string? name, long ticks) = Array.Find(Units, each => duration.Ticks % each.Ticks == 0);
        return name is null
            ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds}ms")
            : string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / ticks}{name}");
    }
}
