using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Collector.Web.Exposition;

/// <summary>
/// The spelling of names, labels, help and numbers, alike in both formats unless said otherwise.
/// <code>
/// name     [a-zA-Z_][a-zA-Z0-9_]*
/// labels   '{' name '="' text '"' (',' ...)* '}'      text with \\ \" \n
/// help     text with \\ \n, in OpenMetrics also \"
/// number   shortest decimal that reads back as the same double | +Inf | -Inf | NaN
/// </code>
/// </summary>
internal static class MetricText
{
    /// <summary>Bytes that a number takes at the most: sign, 17 digits, point, exponent.</summary>
    public const int MaxNumberBytes = 32;

    private const double Decimals = 1e6;
    private const double ExactDecimals = 1L << 52;

    private static readonly SearchValues<char> Escaped = SearchValues.Create("\\\"\n");

    /// <summary><paramref name="name"/> with an underscore in place of each character that metric and label names cannot have.</summary>
    public static string Name(string name)
    {
        string plain = string.Create(name.Length, name, static (span, from) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
            }
        });
        return plain.Length == 0 || char.IsAsciiDigit(plain[0]) ? "_" + plain : plain;
    }

    /// <summary>Labels in braces, behind them the space before the value. Empty values are left out: to Prometheus they are absent.</summary>
    public static byte[] Labels(IEnumerable<(string Name, string Value)> labels)
    {
        var text = new StringBuilder();
        foreach ((string name, string value) in labels)
        {
            if (value.Length > 0)
            {
                text.Append(text.Length == 0 ? '{' : ',').Append(name).Append("=\"").Append(Escape(value, quotes: true)).Append('"');
            }
        }

        text.Append(text.Length == 0 ? " " : "} ");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public static string Escape(string text, bool quotes)
    {
        if (!text.AsSpan().ContainsAny(Escaped))
        {
            return text;
        }

        text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }

    /// <summary>A bucket's bound. Always with a fraction, as OpenMetrics wants it, so that both formats name one series.</summary>
    public static string Bound(double bound)
    {
        Span<byte> text = stackalloc byte[MaxNumberBytes];
        string plain = Encoding.ASCII.GetString(text[..Number(text, bound)]);
        return double.IsFinite(bound) && plain.AsSpan().IndexOfAny('.', 'E') < 0 ? plain + ".0" : plain;
    }

    /// <summary>Writes a number into at least <see cref="MaxNumberBytes"/> and returns its length.</summary>
    public static int Number(Span<byte> to, double value)
    {
        // Up to six decimals without the search for the shortest text. Where n / 1e6 is the value itself and doubles stand
        // closer than 1e-6 there, no other text of so few decimals reads back as it.
        double scaled = Math.Round(value * Decimals);
        if (Math.Abs(scaled) < ExactDecimals && scaled / Decimals == value)
        {
            return Fixed(to, (long)scaled);
        }

        ReadOnlySpan<byte> word = default;
        if (double.IsNaN(value))
        {
            word = "NaN"u8;
        }
        else if (double.IsInfinity(value))
        {
            word = value > 0 ? "+Inf"u8 : "-Inf"u8;
        }
        else
        {
            value.TryFormat(to, out int length, "R", CultureInfo.InvariantCulture);
            return length;
        }

        word.CopyTo(to);
        return word.Length;
    }

    /// <summary>A number of millionths.</summary>
    private static int Fixed(Span<byte> to, long millionths)
    {
        int at = 0;
        if (millionths < 0)
        {
            to[at++] = (byte)'-';
            millionths = -millionths;
        }

        (long whole, long fraction) = Math.DivRem(millionths, (long)Decimals);
        Utf8Formatter.TryFormat(whole, to[at..], out int digits);
        at += digits;
        if (fraction == 0)
        {
            return at;
        }

        to[at++] = (byte)'.';
        int rest = (int)fraction;
        for (int unit = 100_000; rest > 0; unit /= 10)
        {
            (int digit, rest) = Math.DivRem(rest, unit);
            to[at++] = (byte)('0' + digit);
        }

        return at;
    }
}
