using System.Text.Json.Nodes;

namespace Collector.Dashboards;

/// <summary>Panels under a heading; without a title there is no heading.</summary>
/// <param name="Id">The heading's id, of the same numbers as the panels'. 0 without a title.</param>
internal sealed record Row(int Id, string Title, params Panel[] Panels)
{
    /// <summary>Detail that is opened when it is wanted.</summary>
    public bool Collapsed { get; init; }
}

/// <summary>Grafana's grid is 24 wide. Panels flow from left to right in the order they are written, as words do.</summary>
internal static class Grid
{
    private const int Columns = 24;

    public static JsonArray Place(IEnumerable<Row> rows)
    {
        var placed = new JsonArray();
        int top = 0;
        foreach (Row row in rows)
        {
            JsonArray into = placed;
            if (row.Title.Length > 0)
            {
                into = row.Collapsed ? [] : placed;
                placed.Add(Heading(row, top++, row.Collapsed ? into : []));
            }

            top = Place(row.Panels, top, into);
        }

        return placed;
    }

    private static int Place(Panel[] panels, int top, JsonArray into)
    {
        (int left, int height) = (0, 0);
        foreach (Panel panel in panels)
        {
            if (left + panel.Width > Columns)
            {
                (left, top, height) = (0, top + height, 0);
            }

            into.Add(panel.Json(Box(left, top, panel.Width, panel.Height)));
            (left, height) = (left + panel.Width, Math.Max(height, panel.Height));
        }

        return top + height;
    }

    private static JsonObject Heading(Row row, int top, JsonArray hidden) => new()
    {
        ["id"] = row.Id,
        ["type"] = "row",
        ["title"] = row.Title,
        ["collapsed"] = row.Collapsed,
        ["gridPos"] = Box(0, top, Columns, 1),
        ["panels"] = hidden,
    };

    private static JsonObject Box(int x, int y, int w, int h) => new() { ["x"] = x, ["y"] = y, ["w"] = w, ["h"] = h };
}
