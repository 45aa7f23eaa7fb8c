using System.Globalization;
using System.Text;

namespace Collector.Sources.Http;

/// <summary>Numbers as a page of metrics writes them: Go's <c>ParseFloat</c> without hexadecimal digits and underscores.</summary>
internal static class SampleNumber
{
    private const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>Digits that a double holds exactly whatever they are.</summary>
    private const int ExactDigits = 15;

    /// <summary>Microseconds.</summary>
    private const long Farthest = 1_000_000_000_000_000_000;

    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        if (TryWhole(text, out value))
        {
            return true;
        }

        ReadOnlySpan<byte> plain = text.Length > 0 && text[0] is (byte)'+' or (byte)'-' ? text[1..] : text;
        if (plain.Length > 0 && plain[0] is (>= (byte)'0' and <= (byte)'9') or (byte)'.')
        {
            return double.TryParse(text, Decimal, CultureInfo.InvariantCulture, out value);
        }

        bool isInfinite = Ascii.EqualsIgnoreCase(plain, "Inf"u8) || Ascii.EqualsIgnoreCase(plain, "Infinity"u8);
        value = !isInfinite ? double.NaN : text[0] == (byte)'-' ? double.NegativeInfinity : double.PositiveInfinity;
        return isInfinite || Ascii.EqualsIgnoreCase(plain, "NaN"u8);
    }

    /// <summary>A timestamp: whole milliseconds, or seconds with fractions in OpenMetrics.</summary>
    /// <param name="micros">The same in microseconds. What lies tens of thousands of years away is brought nearer: no table takes either.</param>
    public static bool TryTime(ReadOnlySpan<byte> text, bool isSeconds, out long micros)
    {
        if (isSeconds)
        {
            bool isNumber = TryParse(text, out double seconds) && double.IsFinite(seconds);
            micros = isNumber ? (long)Math.Clamp(Math.Round(seconds * 1e6), -Farthest, Farthest) : 0;
            return isNumber;
        }

        bool isWhole = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long millis);
        micros = Math.Clamp(millis, -Farthest / 1000, Farthest / 1000) * 1000;
        return isWhole;
    }

    /// <summary>Most samples are short whole numbers.</summary>
    private static bool TryWhole(ReadOnlySpan<byte> text, out double value)
    {
        long whole = 0;
        value = 0;
        if (text.IsEmpty || text.Length > ExactDigits)
        {
            return false;
        }

        foreach (byte digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            whole = (whole * 10) + (digit - '0');
        }

        value = whole;
        return true;
    }
}
