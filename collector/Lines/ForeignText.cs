using System.Text;

namespace Collector.Lines;

/// <summary>Text that others wrote, made fit for a text column: a long error costs its end, never the row.</summary>
internal static class ForeignText
{
    /// <summary>Characters of an error's text that are kept: enough to know it by. A whole trace belongs in its owner's log.</summary>
    public const int ErrorLength = 4096;

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
