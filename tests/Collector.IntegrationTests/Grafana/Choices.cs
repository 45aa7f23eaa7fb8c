using System.Text.Json.Nodes;
using Npgsql;

namespace Collector.IntegrationTests.Grafana;

/// <summary>What is chosen at the top of a dashboard, found as Grafana finds it: by the variables' own queries.</summary>
internal static class Choices
{
    /// <summary>Everything that there is to choose for each variable.</summary>
    /// <param name="all">As the choice of all; else each value by its name.</param>
    public static async Task<Dictionary<string, Choice>> AllAsync(NpgsqlConnection connection, DashboardFile file, Zoom zoom, bool all)
    {
        var choices = new Dictionary<string, Choice>(StringComparer.Ordinal);
        foreach (JsonNode variable in file.Variables.Where(variable => (string?)variable["type"] == "query"))
        {
            Reply reply = await Reply.OfAsync(connection, Macros.Expand((string)variable["query"]!, zoom, choices));
            choices[(string)variable["name"]!] = new Choice(all, [.. reply.Rows.Select(row => (string)row[0]!)]);
        }

        return choices;
    }

    /// <summary>A panel that is repeated for a variable is drawn for one value of it at a time.</summary>
    public static Dictionary<string, Choice> For(ShippedQuery query, Dictionary<string, Choice> choices) => Each(query, choices).First().Choices;

    /// <summary>Each time that a panel is drawn; without a value where it is not repeated.</summary>
    public static IEnumerable<(string? Value, Dictionary<string, Choice> Choices)> Each(ShippedQuery query, Dictionary<string, Choice> choices) => query.Repeat is null
        ? [(null, choices)]
        : choices[query.Repeat].Values.Select(value =>
            ((string?)value, new Dictionary<string, Choice>(choices, StringComparer.Ordinal) { [query.Repeat] = new Choice(false, value) }));
}
