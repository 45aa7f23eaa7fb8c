using System.Text.RegularExpressions;

namespace Collector.Lines.Tables;

/// <summary>
/// Reads the file of a view: a single QuestDB <c>CREATE MATERIALIZED VIEW</c>. What it selects is left to the database to judge.
/// <code>
/// -- What it is for.
/// CREATE MATERIALIZED VIEW IF NOT EXISTS name WITH BASE table REFRESH EVERY 1m AS (
///     SELECT …
/// ) PARTITION BY WEEK TTL 53 WEEKS;
/// </code>
/// </summary>
internal static class ViewReader
{
    private const string Form = "a view is CREATE MATERIALIZED VIEW IF NOT EXISTS name WITH BASE table REFRESH … AS ( SELECT … ) PARTITION BY … TTL …";

    /// <summary>In time linear to the text, and so without a clock: a starved machine reads as a fast one does.</summary>
    private static readonly Regex Definition = new(
        @"^CREATE MATERIALIZED VIEW IF NOT EXISTS (?<name>\w+) WITH BASE (?<base>\w+) (REFRESH [\w ]+ )?AS \((?<query> ?SELECT .+)\)( PARTITION BY \w+( TTL (?<ttl>\d{1,4}) (?<unit>HOUR|DAY|WEEK|MONTH|YEAR)S?)?)?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking,
        Regex.InfiniteMatchTimeout);

    /// <summary>The view in <paramref name="text"/>, or null with a fault added.</summary>
    /// <param name="file">The file's name as faults shall show it.</param>
    public static View? Read(string file, string text, List<SchemaFault> faults)
    {
        string[] lines = text.Split('\n');
        string statement = Spaced(string.Join('\n', lines.Select(WithoutComment))).TrimEnd(';', ' ');
        Match match = Definition.Match(statement);
        if (!match.Success)
        {
            faults.Add(new SchemaFault(file, 1, 1, Form));
            return null;
        }

        return new View(match.Groups["name"].Value, match.Groups["base"].Value, match.Groups["query"].Value.Trim(), statement, TimeToLive(match))
        {
            Help = string.Join(' ', lines.TakeWhile(line => line.StartsWith("--", StringComparison.Ordinal)).Select(line => line[2..].Trim())),
        };
    }

    /// <summary>The same with single spaces: line breaks and indentation say nothing.</summary>
    public static string Spaced(string sql) => string.Join(' ', sql.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string WithoutComment(string line)
    {
        int comment = line.IndexOf("--", StringComparison.Ordinal);
        return comment < 0 ? line : line[..comment];
    }

    private static Ttl? TimeToLive(Match match) => match.Groups["ttl"].Success
        ? new Ttl(int.Parse(match.Groups["ttl"].Value), Enum.Parse<TtlUnit>(match.Groups["unit"].Value, ignoreCase: true))
        : null;
}
