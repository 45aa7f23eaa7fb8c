using System.Buffers;

namespace Collector.Sources.Http;

/// <summary>
/// JSON as the world writes it, made into JSON (RFC 8259), so that what is none costs its own value and not the page:
/// <code>
/// EF BB BF          a byte order mark                 left out
/// NaN, -Infinity    a bare word that JSON has not     "\udfffNaN": a string that is no text, by which JsonValue knows it again
/// "a⏎b"             a control character in a string   "a\u000Ab"
/// "C:\games"        a backslash that escapes nothing  "C:\u005Cgames"
/// </code>
/// What is JSON passes byte by byte. Comments pass too, for the parser to skip. A page grows to nine times its size at the most.
/// </summary>
internal static class LooseJson
{
    /// <summary>What a bare word begins with, as a text: half of a surrogate pair, which no text holds.</summary>
    public static ReadOnlySpan<byte> WordMark => "\"\\udfff"u8;

    private static readonly SearchValues<byte> Special = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(code => (byte)code), (byte)'"', (byte)'\\']);
    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);
    private static readonly SearchValues<byte> InWord = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-._"u8);

    /// <summary>Writes the mended text to <paramref name="into"/>, which is emptied first.</summary>
    /// <returns>False where there is nothing to mend, and nothing is written.</returns>
    public static bool Mend(ReadOnlySpan<byte> text, ArrayBufferWriter<byte> into)
    {
        into.ResetWrittenCount();
        int at = text.StartsWith("\uFEFF"u8) ? 3 : 0;
        int copied = at;
        while (at < text.Length)
        {
            switch (text[at])
            {
                case (byte)'"':
                    at = Text(text, at + 1, ref copied, into);
                    break;
                case (byte)'/':
                    at = BehindComment(text, at);
                    break;
                case var first when InWord.Contains(first):
                    int end = text[at..].IndexOfAnyExcept(InWord);
                    end = end < 0 ? text.Length : at + end;
                    if (!IsJson(text[at..end]))
                    {
                        into.Write(text[copied..at]);
                        into.Write(WordMark);
                        into.Write(text[at..end]);
                        into.Write("\""u8);
                        copied = end;
                    }

                    at = end;
                    break;
                default:
                    at++;
                    break;
            }
        }

        if (copied > 0)
        {
            into.Write(text[copied..]);
        }

        return copied > 0;
    }

    /// <summary>Passes over a text's inside.</summary>
    /// <returns>Where it goes on behind the closing quote.</returns>
    private static int Text(ReadOnlySpan<byte> text, int at, ref int copied, ArrayBufferWriter<byte> into)
    {
        while (true)
        {
            int next = text[at..].IndexOfAny(Special);
            if (next < 0)
            {
                return text.Length;
            }

            at += next;
            if (text[at] == '"')
            {
                return at + 1;
            }

            int escaped = text[at] == '\\' ? EscapeLength(text[at..]) : 0;
            if (escaped == 0)
            {
                into.Write(text[copied..at]);
                into.Write("\\u00"u8);
                into.Write([Hex(text[at] >> 4), Hex(text[at] & 15)]);
                copied = at + 1;
            }

            at += Math.Max(1, escaped);
        }
    }

    /// <summary>The length of the escape that <paramref name="text"/> begins with, as far as it goes; 0 where it is none.</summary>
    private static int EscapeLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2 || "\"\\/bfnrt"u8.Contains(text[1]))
        {
            return Math.Min(2, text.Length);
        }

        ReadOnlySpan<byte> digits = text[2..Math.Min(6, text.Length)];
        return text[1] == 'u' && !digits.ContainsAnyExcept(HexDigits) ? 2 + digits.Length : 0;
    }

    private static int BehindComment(ReadOnlySpan<byte> text, int at)
    {
        ReadOnlySpan<byte> comment = text[at..];
        int length = comment.StartsWith("//"u8) ? comment.IndexOf((byte)'\n')
            : !comment.StartsWith("/*"u8) ? 1
            : comment[2..].IndexOf("*/"u8) is >= 0 and var inside ? inside + 4
            : -1;
        return length < 0 ? text.Length : at + length;
    }

    private static bool IsJson(ReadOnlySpan<byte> word) => word.SequenceEqual("true"u8) || word.SequenceEqual("false"u8) || word.SequenceEqual("null"u8) || IsNumber(word);

    /// <summary>RFC 8259 section 6: <c>-? (0 | [1-9] digits) (. digits)? ([eE] [+-]? digits)?</c>.</summary>
    private static bool IsNumber(ReadOnlySpan<byte> word)
    {
        if (word[0] == '-')
        {
            word = word[1..];
        }

        int whole = Digits(word);
        if (whole == 0 || (whole > 1 && word[0] == '0'))
        {
            return false;
        }

        word = word[whole..];
        if (!word.IsEmpty && word[0] == '.')
        {
            int fraction = Digits(word[1..]);
            if (fraction == 0)
            {
                return false;
            }

            word = word[(1 + fraction)..];
        }

        if (word.IsEmpty)
        {
            return true;
        }

        int sign = word.Length > 1 && word[1] is (byte)'+' or (byte)'-' ? 2 : 1;
        return word[0] is (byte)'e' or (byte)'E' && word.Length > sign && Digits(word[sign..]) == word.Length - sign;
    }

    private static int Digits(ReadOnlySpan<byte> text) => text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is >= 0 and var end ? end : text.Length;

    private static byte Hex(int digit) => "0123456789ABCDEF"u8[digit];
}
