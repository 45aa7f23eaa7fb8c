using System.Text.RegularExpressions;

namespace Collector.IntegrationTests.Grafana;

/// <summary>A range, and the width of a bucket in it.</summary>
internal sealed record Zoom(DateTimeOffset From, DateTimeOffset To, TimeSpan Bucket)
{
    /// <summary>Bucket widths that Grafana rounds to, in seconds, each with the width from which on the next one is taken.</summary>
    private static readonly (double Below, int Width)[] Pleasant =
    [
        (1.5, 1), (3.5, 2), (7.5, 5), (12.5, 10), (17.5, 15), (25, 20), (45, 30), (90, 60), (210, 120), (450, 300), (750, 600), (1050, 900),
        (1500, 1200), (2700, 1800), (5400, 3600), (9000, 7200), (16_200, 10_800), (32_400, 21_600), (86_400, 43_200), (604_800, 86_400),
        (1_814_400, 604_800), (double.PositiveInfinity, 2_592_000),
    ];

    /// <summary>A bucket for about each point of a panel that is <paramref name="points"/> wide, and not less than <paramref name="least"/>.</summary>
    public Zoom For(int points, TimeSpan least)
    {
        double wanted = (To - From).TotalSeconds / points;
        var bucket = TimeSpan.FromSeconds(Pleasant.First(step => wanted < step.Below).Width);
        return this with { Bucket = bucket < least ? least : bucket };
    }
}

/// <summary>What is chosen for a variable: some values, or all.</summary>
internal sealed record Choice(bool All, params string[] Values);

/// <summary>
/// Makes SQL of a panel's query as Grafana and the QuestDB plugin (0.1.8) do: first <c>$__conditionalAll</c>, for which the
/// names of variables still have to stand there, then the variables, then the other macros.
/// </summary>
internal static partial class Macros
{
    /// <summary>The macros that the plugin has in the database's stead.</summary>
    public static readonly IReadOnlySet<string> Known =
        new HashSet<string>(StringComparer.Ordinal) { "timeFilter", "fromTime", "toTime", "sampleByInterval", "conditionalAll" };

    /// <summary>Variables that Grafana itself gives a value.</summary>
    public static readonly IReadOnlySet<string> BuiltIn =
        new HashSet<string>(StringComparer.Ordinal) { "__interval", "__interval_ms", "__from", "__to" };

    /// <exception cref="FormatException">The query holds what would not become SQL.</exception>
    public static string Expand(string query, Zoom zoom, IReadOnlyDictionary<string, Choice> choices)
    {
        string sql = ConditionalAll().Replace(query, match =>
            choices.TryGetValue(match.Groups["variable"].Value, out Choice? choice) && !choice.All ? match.Groups["condition"].Value : "1=1");
        sql = Variable().Replace(sql, match => Value(match.Groups["name"].Value, match.Groups["format"].Value, zoom, choices) ?? match.Value);
        sql = TimeFilter().Replace(sql, match => $"{match.Groups["column"].Value} >= {Cast(zoom.From)} AND {match.Groups["column"].Value} <= {Cast(zoom.To)}");
        sql = sql.Replace("$__fromTime", Cast(zoom.From), StringComparison.Ordinal)
            .Replace("$__toTime", Cast(zoom.To), StringComparison.Ordinal)
            .Replace("$__sampleByInterval", SampleBy(zoom.Bucket), StringComparison.Ordinal);
        return sql.Contains('$', StringComparison.Ordinal) ? throw new FormatException($"not known to Grafana or its plugin: {sql[sql.IndexOf('$', StringComparison.Ordinal)..].Split(' ', '\n')[0]}") : sql;
    }

    /// <summary>Truncates as the plugin does: 90 minutes become 1h, and minutes are told in seconds.</summary>
    internal static string SampleBy(TimeSpan bucket) => bucket switch
    {
        { TotalHours: >= 24 } when bucket.Ticks % TimeSpan.TicksPerHour == 0 => $"{(int)bucket.TotalDays}d",
        { TotalHours: >= 1 } => $"{(int)bucket.TotalHours}h",
        { TotalSeconds: >= 1 } => $"{(int)bucket.TotalSeconds}s",
        _ => $"{Math.Max(1, (int)bucket.TotalMilliseconds)}T",
    };

    private static string? Value(string name, string format, Zoom zoom, IReadOnlyDictionary<string, Choice> choices)
    {
        if (name == "__interval_ms")
        {
            return $"{(long)zoom.Bucket.TotalMilliseconds}";
        }

        if (!choices.TryGetValue(name, out Choice? choice))
        {
            return null;
        }

        return format == "raw" ? string.Join(',', choice.Values) : string.Join(',', choice.Values.Select(value => $"'{value}'"));
    }

    private static string Cast(DateTimeOffset time) => $"cast({(time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond} as timestamp)";

    [GeneratedRegex(@"\$__conditionalAll\((?<condition>(?>[^(),]|\([^()]*\))+), *\$\{?(?<variable>\w+)\}?\)", RegexOptions.None, 1000)]
    private static partial Regex ConditionalAll();

    [GeneratedRegex(@"\$\{(?<name>\w+)(?::(?<format>\w+))?\}|\$(?<name>(?!__)\w+)", RegexOptions.None, 1000)]
    private static partial Regex Variable();

    [GeneratedRegex(@"\$__timeFilter\((?<column>[\w.]+)\)", RegexOptions.None, 1000)]
    private static partial Regex TimeFilter();
}
