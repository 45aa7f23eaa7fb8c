using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Collector.Lines;

namespace Collector.Capabilities.Gateway.Influx;

internal enum InfluxValue
{
    /// <summary>None of InfluxDB's.</summary>
    None,

    /// <summary>A boolean, an integer or a float, which QuestDB reads alike.</summary>
    Same,

    /// <summary>An integer without sign, <c>8u</c>.</summary>
    Unsigned,
}

/// <summary>
/// Field values without quotes. InfluxDB takes less than QuestDB (<c>5t</c>, <c>1_000i</c>, <c>+1.5</c> are no values of
/// its), and the integers without sign besides.
/// </summary>
internal static class InfluxNumber
{
    private const int LongDigits = 19;

    /// <summary>Digits before which every float is finite.</summary>
    private const int FiniteDigits = 300;

    /// <param name="problem">What is wrong with it; null where nothing is.</param>
    public static InfluxValue Read(ReadOnlySpan<byte> text, out string? problem)
    {
        problem = null;
        if (text is [(byte)'t' or (byte)'T' or (byte)'f' or (byte)'F', ..] && IsBoolean(text))
        {
            return InfluxValue.Same;
        }

        ReadOnlySpan<byte> digits = text is [(byte)'-', ..] ? text[1..] : text;
        int whole = Digits(digits);
        if (whole > 0 && digits.Length == whole + 1 && digits[^1] is (byte)'i' or (byte)'u')
        {
            return Integer(text, whole, out problem);
        }

        if (IsFloat(digits, whole))
        {
            problem = IsFinite(text) ? null : $"{ForeignText.Show(text)} is beyond the numbers that can be stored";
            return problem is null ? InfluxValue.Same : InfluxValue.None;
        }

        problem = text.IsEmpty ? "the value is missing"
            : IsNotFinite(text) ? $"{ForeignText.Show(text)} is no number that can be stored"
            : $"{ForeignText.Show(text)} is no value: text wants quotes, an integer ends in i or u";
        return InfluxValue.None;
    }

    public static int Digits(ReadOnlySpan<byte> text)
    {
        int other = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return other < 0 ? text.Length : other;
    }

    private static InfluxValue Integer(ReadOnlySpan<byte> text, int digits, out string? problem)
    {
        bool isUnsigned = text[^1] == (byte)'u';
        bool fits = digits < LongDigits || (Utf8Parser.TryParse(text, out long _, out int used) && used == text.Length - 1);
        problem = isUnsigned && text[0] == (byte)'-' ? $"{ForeignText.Show(text)} has a sign, and u says that it has none"
            : fits ? null
            : $"{ForeignText.Show(text)} is beyond {(text[0] == (byte)'-' ? long.MinValue : long.MaxValue)}, and LONG holds no more";
        return problem is not null ? InfluxValue.None : isUnsigned ? InfluxValue.Unsigned : InfluxValue.Same;
    }

    /// <summary>Digits with at the most a point and an exponent; at least one digit before or behind the point.</summary>
    private static bool IsFloat(ReadOnlySpan<byte> text, int whole)
    {
        int at = whole;
        int behind = 0;
        if (at < text.Length && text[at] == (byte)'.')
        {
            behind = Digits(text[(at + 1)..]);
            at += 1 + behind;
        }

        if (whole + behind == 0)
        {
            return false;
        }

        if (at < text.Length && text[at] is (byte)'e' or (byte)'E')
        {
            at += text[(at + 1)..] is [(byte)'+' or (byte)'-', ..] ? 2 : 1;
            int exponent = Digits(text[at..]);
            return exponent > 0 && at + exponent == text.Length;
        }

        return at == text.Length;
    }

    private static bool IsFinite(ReadOnlySpan<byte> text) =>
        (text.Length < FiniteDigits && text.IndexOfAny((byte)'e', (byte)'E') < 0)
        || (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value));

    private static bool IsNotFinite(ReadOnlySpan<byte> text)
    {
        text = text is [(byte)'-' or (byte)'+', ..] ? text[1..] : text;
        return Ascii.EqualsIgnoreCase(text, "nan"u8) || Ascii.EqualsIgnoreCase(text, "inf"u8) || Ascii.EqualsIgnoreCase(text, "infinity"u8);
    }

    private static bool IsBoolean(ReadOnlySpan<byte> text) => text.Length == 1
        || text.SequenceEqual("true"u8) || text.SequenceEqual("True"u8) || text.SequenceEqual("TRUE"u8)
        || text.SequenceEqual("false"u8) || text.SequenceEqual("False"u8) || text.SequenceEqual("FALSE"u8);
}
