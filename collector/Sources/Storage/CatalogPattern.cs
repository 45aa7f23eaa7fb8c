using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Collector.Sources.Gaps;

namespace Collector.Sources.Storage;

/// <summary>What the names on the way to a file tell of its series; null for what has not been told yet.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CatalogPlace(string? DataType, string? Symbol, string? Venue)
{
    public DataSeries Series => new(Venue ?? "", Symbol ?? "", DataType ?? "");

    /// <summary>Whether a file of the series may stand below this place.</summary>
    public bool MayHold(DataSeries series) =>
        (DataType is null || DataType == series.DataType) && (Symbol is null || Symbol == series.Symbol) && (Venue is null || Venue == series.Exchange);
}

/// <summary>
/// Where the files of a catalog stand, level by level: <c>{data_type}/{symbol}.{venue}/{date}.parquet</c>. A part in braces stands
/// for one or more characters of its level; of two in one level the first takes as much as it can.
/// </summary>
internal sealed class CatalogPattern
{
    private const int MostLevels = 16;
    private static readonly string[] Parts = ["data_type", "symbol", "venue", "date", "any"];

    private readonly Regex[] _levels;

    public CatalogPattern(string pattern) => _levels = [.. pattern.Split('/').Select(Level)];

    /// <summary>Folders down to the files, and the files.</summary>
    public int Levels => _levels.Length;

    /// <summary>Why <paramref name="pattern"/> is none; null when it is one.</summary>
    public static string? ProblemOf(string pattern)
    {
        string[] levels = pattern.Split('/');
        if (levels.Length > MostLevels || Array.Exists(levels, level => level is "" or "." or ".."))
        {
            return $"\"{pattern}\" is no way to a file: write names divided by single slashes, at most {MostLevels}, such as {{data_type}}/{{symbol}}.{{venue}}/{{date}}.parquet";
        }

        string[] parts = [.. levels.SelectMany(Pieces).Where(piece => piece.IsPart).Select(piece => piece.Text)];
        return Array.Find(parts, part => !Parts.Contains(part, StringComparer.Ordinal)) is { } unknown ? $"has {{{unknown}}}; known here: {string.Join(", ", Parts.Select(part => $"{{{part}}}"))}"
            : parts.Where(part => part != "any").GroupBy(part => part, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key is { } twice ? $"has {{{twice}}} twice"
            : null;
    }

    /// <summary>The place of a file or folder of the level, from 0, below <paramref name="parent"/>; null where its name does not fit.</summary>
    public CatalogPlace? Find(CatalogPlace parent, int level, string name)
    {
        Match match = _levels[level].Match(name);
        return match.Success ? new(Part("data_type") ?? parent.DataType, Part("symbol") ?? parent.Symbol, Part("venue") ?? parent.Venue) : null;

        string? Part(string part) => match.Groups[part] is { Success: true } group ? group.Value : null;
    }

    private static Regex Level(string level)
    {
        var regex = new StringBuilder("^");
        foreach ((string text, bool isPart) in Pieces(level))
        {
            regex.Append(!isPart ? Regex.Escape(text) : text == "any" ? "(?:.+)" : $"(?<{text}>.+)");
        }

        return new Regex(regex.Append("\\z").ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline, Regex.InfiniteMatchTimeout);
    }

    private static IEnumerable<(string Text, bool IsPart)> Pieces(string level)
    {
        for (int at = 0; at < level.Length;)
        {
            int open = level.IndexOf('{', at);
            int close = open < 0 ? -1 : level.IndexOf('}', open);
            if (close < 0)
            {
                yield return (level[at..], false);
                yield break;
            }

            if (open > at)
            {
                yield return (level[at..open], false);
            }

            yield return (level[(open + 1)..close], true);
            at = close + 1;
        }
    }
}
