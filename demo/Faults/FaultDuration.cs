using System.Globalization;

namespace Demo.Faults;

/// <summary>How long a fault lasts, as it is written: <c>500ms</c>, <c>60s</c>, <c>5m</c>, <c>1h</c>.</summary>
internal static class FaultDuration
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Null when the text is no duration of 1 ms to a day.</summary>
    public static TimeSpan? Parse(string text)
    {
        (string unit, TimeSpan one)[] units =
        [
            ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)), ("h", TimeSpan.FromHours(1)),
        ];
        foreach ((string unit, TimeSpan one) in units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && int.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                && count > 0 && count <= Longest / one)
            {
                return count * one;
            }
        }

        return null;
    }
}
