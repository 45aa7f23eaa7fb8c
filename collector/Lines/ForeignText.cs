using System.Text;
using Collector.Lines.Tables;
using Collector.Settings.Logging;

namespace Collector.Lines;

/// <summary>
/// What others wrote, as text: a name, a part of a message, an error for a text column. It is bounded before it is decoded, and
/// a long one costs its end, never the row.
/// </summary>
public static class ForeignText
{
    /// <summary>
    /// Bytes of a name that are looked at: those of the longest one are three a character, each behind a backslash. What is
    /// cut here has more than twice as many characters as a name may have.
    /// </summary>
    public const int NameBytes = (Names.MaxLength + 1) * 3 * 2 * 2;

    /// <summary>Characters of foreign text within a message.</summary>
    private const int Shown = 64;

    /// <summary>Characters of an error's text that are kept: enough to know it by. A whole trace belongs in its owner's log.</summary>
    public const int ErrorLength = 4096;

    /// <summary>A name without its escapes. One that is too long for a name comes out cut, and is still too long for one.</summary>
    public static string Name(ReadOnlySpan<byte> escaped)
    {
        escaped = escaped[..Math.Min(escaped.Length, NameBytes)];
        Span<byte> plain = stackalloc byte[NameBytes];
        return Encoding.UTF8.GetString(plain[..LineText.Unescape(escaped, plain)]);
    }

    /// <summary>Text for a message: short, in quotes, and what cannot be seen by its name.</summary>
    public static string Show(ReadOnlySpan<byte> text)
    {
        Span<char> characters = stackalloc char[(Shown + 1) * 4];
        return Show(characters[..Encoding.UTF8.GetChars(text[..Math.Min(text.Length, characters.Length)], characters)]);
    }

    /// <inheritdoc cref="Show(ReadOnlySpan{byte})"/>
    public static string Show(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return "nothing";
        }

        return $"'{VisibleText.Of(text[..Math.Min(text.Length, Shown)].ToString())}{(text.Length <= Shown ? "" : "…")}'";
    }

    /// <summary>The text, cut to so many characters with an ellipsis behind; half of a surrogate pair, which is no text, becomes U+FFFD.</summary>
    public static string? Fit(string? text, int length = ErrorLength)
    {
        if (text?.Length > length)
        {
            text = text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)] + "…";
        }

        return text is not null && text.AsSpan().ContainsAnyInRange('\ud800', '\udfff') ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;
    }
}
