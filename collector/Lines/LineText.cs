using System.Buffers;
using System.Text;

namespace Collector.Lines;

/// <summary>
/// Escaping, as QuestDB's line protocol has it: a backslash before each special byte, newlines included. Which bytes are
/// special depends on where the text stands.
/// </summary>
public static class LineText
{
    /// <summary>Table names, column names and symbol values.</summary>
    public static readonly SearchValues<byte> SpecialBare = SearchValues.Create(" ,=\\\n\r\0"u8);

    /// <summary>Inside the quotes of a string.</summary>
    public static readonly SearchValues<byte> SpecialQuoted = SearchValues.Create("\"\\\n\r"u8);

    /// <summary><paramref name="name"/> as UTF-8, escaped for use outside quotes.</summary>
    public static byte[] EscapedName(string name)
    {
        byte[] plain = Encoding.UTF8.GetBytes(name);
        byte[] escaped = new byte[plain.Length * 2];
        plain.CopyTo(escaped, 0);
        return escaped[..Escape(escaped, plain.Length, SpecialBare)];
    }

    /// <summary>Escapes the first <paramref name="length"/> bytes of <paramref name="text"/> in place, from behind.</summary>
    /// <param name="text">Holds the plain bytes, and has room for twice as many.</param>
    /// <returns>The new length.</returns>
    public static int Escape(Span<byte> text, int length, SearchValues<byte> special)
    {
        int first = text[..length].IndexOfAny(special);
        if (first < 0)
        {
            return length;
        }

        int extra = 0;
        for (int i = first; i < length; i++)
        {
            extra += special.Contains(text[i]) ? 1 : 0;
        }

        for (int from = length - 1, to = length + extra - 1; from >= first; from--)
        {
            byte value = text[from];
            text[to--] = value;
            if (special.Contains(value))
            {
                text[to--] = (byte)'\\';
            }
        }

        return length + extra;
    }

    /// <summary>How long <paramref name="escaped"/> is without its escapes.</summary>
    public static int PlainLength(ReadOnlySpan<byte> escaped)
    {
        int length = 0;
        for (int at = 0; at < escaped.Length; length++)
        {
            at += escaped[at] == (byte)'\\' && at + 1 < escaped.Length ? 2 : 1;
        }

        return length;
    }

    /// <summary>Removes the escapes of <paramref name="escaped"/> into <paramref name="plain"/>, and returns the length.</summary>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> plain)
    {
        int to = 0;
        for (int from = 0; from < escaped.Length; from++)
        {
            if (escaped[from] == (byte)'\\' && from + 1 < escaped.Length)
            {
                from++;
            }

            plain[to++] = escaped[from];
        }

        return to;
    }
}
