using System.Text.RegularExpressions;

namespace Collector.Sources.Prometheus;

/// <summary>Regular expressions that match a text as a whole, as Prometheus' relabelling has it, in time linear to the text.</summary>
internal static class Pattern
{
    public static Regex Of(string pattern) => Make($"^(?:{pattern})\\z");

    /// <summary>Why <paramref name="pattern"/> is none; null when it is one.</summary>
    public static string? Problem(string pattern)
    {
        try
        {
            Make(pattern); // by itself: a bracket too many would close the group around it
            Of(pattern);
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return $"\"{pattern}\" is no regular expression that can be used here: {exception.Message}";
        }
    }

    private static Regex Make(string pattern) =>
        new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline, Regex.InfiniteMatchTimeout);
}
