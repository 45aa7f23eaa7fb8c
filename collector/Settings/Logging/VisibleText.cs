using System.Globalization;
using System.Text;

namespace Collector.Settings.Logging;

/// <summary>
/// What others wrote, for a log, a terminal or a message. What a reader would not see, or what would be obeyed instead of
/// shown, stands there by its name: control characters (Unicode's Cc), invisible and bidirectional ones (Cf), separators of
/// lines and paragraphs (Zl, Zp): <c>\n</c>, <c>U+001B</c>, <c>U+202E</c>.
/// </summary>
public static class VisibleText
{
    /// <summary>Bytes of UTF-8 of a text that is shown. Whole texts belong into rows, not into messages.</summary>
    public const int MaxBytes = 400;

    /// <param name="text">Half of a surrogate pair is shown as U+FFFD.</param>
    /// <param name="most">Bytes of UTF-8; what is beyond is cut off, with an ellipsis in its place.</param>
    public static string Of(string text, int most = MaxBytes)
    {
        if (text.Length <= most / 3 && !text.Any(IsHidden))
        {
            return text;
        }

        var visible = new StringBuilder();
        int bytes = 0;
        foreach (Rune rune in text.AsSpan().EnumerateRunes())
        {
            string shown = Shown(rune);
            bytes += Encoding.UTF8.GetByteCount(shown);
            if (bytes > most)
            {
                return visible.Append('…').ToString();
            }

            visible.Append(shown);
        }

        return visible.ToString();
    }

    /// <inheritdoc cref="Of(string, int)"/>
    /// <param name="utf8">What is not valid UTF-8 is shown as U+FFFD.</param>
    /// <param name="most">As above.</param>
    public static string Of(ReadOnlySpan<byte> utf8, int most = MaxBytes) =>
        Of(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, most + 4)]), most);

    /// <summary>A sentence that others wrote, to stand within one of ours: on one line, with blanks for control characters.</summary>
    /// <param name="text">As above.</param>
    /// <param name="most">As above.</param>
    public static string Sentence(string text, int most = MaxBytes) => Of(string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c)).Trim(), most);

    private static string Shown(Rune rune) => rune.Value switch
    {
        '\0' => "\\0",
        '\t' => "\\t",
        '\n' => "\\n",
        '\r' => "\\r",
        _ => IsHidden(Rune.GetUnicodeCategory(rune)) ? $"U+{rune.Value:X4}" : rune.ToString(),
    };

    private static bool IsHidden(char c) => char.IsSurrogate(c) || IsHidden(char.GetUnicodeCategory(c));

    private static bool IsHidden(UnicodeCategory category) => category is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
