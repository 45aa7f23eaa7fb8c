using System.Text;
using Collector.Tables;

namespace Collector.Lines;

/// <summary>Bytes that a client sent, as text: a name or a part of a message. What is decoded is bounded before it is decoded.</summary>
internal static class ForeignText
{
    /// <summary>
    /// Bytes of a name that are looked at: those of the longest one are three a character, each behind a backslash. What is
    /// cut here has more than twice as many characters as a name may have.
    /// </summary>
    public const int NameBytes = (Names.MaxLength + 1) * 3 * 2 * 2;

    /// <summary>Characters of foreign text within a message.</summary>
    private const int Shown = 64;

    /// <summary>A name without its escapes. One that is too long for a name comes out cut, and is still too long for one.</summary>
    public static string Name(ReadOnlySpan<byte> escaped)
    {
        escaped = escaped[..Math.Min(escaped.Length, NameBytes)];
        Span<byte> plain = stackalloc byte[NameBytes];
        return Encoding.UTF8.GetString(plain[..LineText.Unescape(escaped, plain)]);
    }

    /// <summary>Text for a message: short, in quotes, and without control characters.</summary>
    public static string Show(ReadOnlySpan<byte> text)
    {
        Span<char> characters = stackalloc char[(Shown + 1) * 4];
        return Show(characters[..Encoding.UTF8.GetChars(text[..Math.Min(text.Length, characters.Length)], characters)]);
    }

    /// <inheritdoc cref="Show(ReadOnlySpan{byte})"/>
    public static string Show(ReadOnlySpan<char> text)
    {
        Span<char> plain = stackalloc char[Shown];
        plain = plain[..Math.Min(text.Length, Shown)];
        for (int i = 0; i < plain.Length; i++)
        {
            plain[i] = char.IsControl(text[i]) ? '\uFFFD' : text[i];
        }

        return text.IsEmpty ? "nothing" : text.Length <= Shown ? $"'{plain}'" : $"'{plain}…'";
    }
}
