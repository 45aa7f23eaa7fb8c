using System.Text.Json.Nodes;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Grafana;

/// <summary>A dashboard as its file has it: what Grafana will read, whoever wrote it.</summary>
internal sealed class DashboardFile(string name, JsonNode json)
{
    /// <summary>Pixels of a column of the grid, on a screen of usual width.</summary>
    private const int ColumnPixels = 60;

    public static string Folder => RepositoryRoot.Combine("monitoring", "grafana", "dashboards");

    public string Name => name;

    public string Uid => (string?)json["uid"] ?? "";

    public JsonNode Json => json;

    /// <summary>How far back the dashboard looks when it is opened.</summary>
    public TimeSpan Range => Duration(((string)json["time"]!["from"]!)["now-".Length..]);

    /// <summary>All panels, those of collapsed rows and the rows themselves too.</summary>
    public IEnumerable<JsonNode> Panels => Items(json["panels"]).SelectMany(panel => Items(panel["panels"]).Prepend(panel));

    public IEnumerable<JsonNode> Variables => Items(json["templating"]?["list"]);

    /// <summary>Every query that the dashboard sends: its panels', its variables' and its annotations'.</summary>
    public IEnumerable<ShippedQuery> Queries
    {
        get
        {
            foreach (JsonNode panel in Panels)
            {
                string type = (string?)panel["type"] ?? "";
                int points = ((int?)panel["gridPos"]?["w"] ?? 1) * ColumnPixels;
                foreach (JsonNode target in Items(panel["targets"]))
                {
                    yield return new ShippedQuery(
                        $"{name}, panel {panel["id"]} ({panel["title"]}) {target["refId"]}", (string?)target["rawSql"] ?? "", (int?)target["format"] == 0, points)
                    {
                        Panel = (int?)panel["id"] ?? 0,
                        PanelType = type,
                        Repeat = (string?)panel["repeat"],
                        Least = Duration((string?)panel["interval"]),
                    };
                }
            }

            foreach (JsonNode variable in Variables.Where(variable => (string?)variable["type"] == "query"))
            {
                yield return new ShippedQuery($"{name}, variable {variable["name"]}", (string?)variable["query"] ?? "", false, ColumnPixels);
            }

            foreach (JsonNode annotation in Items(json["annotations"]?["list"]).Where(annotation => annotation["target"] is not null))
            {
                yield return new ShippedQuery($"{name}, annotation {annotation["name"]}", (string?)annotation["target"]!["rawSql"] ?? "", false, ColumnPixels);
            }
        }
    }

    public static DashboardFile Read(string file) => new(Path.GetFileNameWithoutExtension(file), JsonNode.Parse(File.ReadAllText(file))!);

    public static IReadOnlyList<DashboardFile> All() => [.. Directory.EnumerateFiles(Folder, "*.json").Order(StringComparer.Ordinal).Select(Read)];

    public static IEnumerable<JsonNode> Items(JsonNode? list) => list is JsonArray array ? array.OfType<JsonNode>() : [];

    private static TimeSpan Duration(string? text) => text is null or "" ? TimeSpan.Zero : text[^1] switch
    {
        's' => TimeSpan.FromSeconds(int.Parse(text[..^1])),
        'm' => TimeSpan.FromMinutes(int.Parse(text[..^1])),
        'h' => TimeSpan.FromHours(int.Parse(text[..^1])),
        _ => throw new FormatException($"the interval {text} is not of the form 30s, 5m, 1h"),
    };
}

/// <summary>A query, and how Grafana asks it.</summary>
/// <param name="Where">Which one it is, for messages.</param>
/// <param name="IsSeries">Time series are wanted, not a table.</param>
/// <param name="Points">How many points its panel has room for.</param>
internal sealed record ShippedQuery(string Where, string Sql, bool IsSeries, int Points)
{
    /// <summary>The id of its panel; 0 where it has none.</summary>
    public int Panel { get; init; }

    public string PanelType { get; init; } = "";

    /// <summary>The variable for each of whose values the panel is drawn.</summary>
    public string? Repeat { get; init; }

    /// <summary>The panel's least bucket.</summary>
    public TimeSpan Least { get; init; }
}
