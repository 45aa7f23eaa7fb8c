using System.Text.Json.Nodes;

namespace Collector.Dashboards;

/// <summary>What all panels have. Alerts link to a panel by its <paramref name="Id"/>: one that was given away is never used again.</summary>
/// <param name="Description">What is seen, in words; where it comes from and when it is bad.</param>
internal abstract record Panel(int Id, string Title, string Description)
{
    /// <summary>Of the grid's 24 columns.</summary>
    public int Width { get; init; } = 8;

    /// <summary>Of the grid's rows, 30 pixels each.</summary>
    public int Height { get; init; } = 8;

    /// <summary>One query each, <c>A</c>, <c>B</c>, …</summary>
    public string[] Sql { get; init; } = [];

    /// <summary>No bucket is smaller. Rows that come every 10 s want 30 s, or there are buckets without any.</summary>
    public string? Interval { get; init; }

    public Unit Unit { get; init; } = Unit.None;

    public int? Decimals { get; init; }

    public double? Min { get; init; }

    public double? Max { get; init; }

    public Thresholds? Thresholds { get; init; }

    public Mapping[] Mappings { get; init; } = [];

    /// <summary>A series' name, of its labels: <c>${__field.labels.daemon}</c>.</summary>
    public string? SeriesName { get; init; }

    /// <summary>What is shown instead of nothing.</summary>
    public string Empty { get; init; } = "No rows";

    /// <summary>A click on a value leads there.</summary>
    public string? Link { get; init; }

    /// <summary>Settings for some of the columns or series.</summary>
    public Override[] Overrides { get; init; } = [];

    /// <summary>A panel for each chosen value of this variable.</summary>
    public string? Repeat { get; init; }

    protected abstract string Type { get; }

    /// <summary>What is shown instead of nothing would have the colour of a value, which it is not.</summary>
    protected virtual bool MapsEmpty => false;

    /// <summary>Rows as they are, and not series.</summary>
    protected abstract bool AsksForTable { get; }

    public JsonObject Json(JsonObject place)
    {
        var panel = new JsonObject
        {
            ["id"] = Id,
            ["type"] = Type,
            ["title"] = Title,
            ["description"] = Description,
            ["gridPos"] = place,
        };
        if (Repeat is not null)
        {
            (panel["repeat"], panel["repeatDirection"], panel["maxPerRow"]) = (Repeat, "h", 4);
        }

        if (Sql.Length > 0)
        {
            panel["datasource"] = Query.DataSource();
            panel["targets"] = new JsonArray([.. Sql.Select((sql, i) => Query.Json($"{(char)('A' + i)}", sql, AsksForTable))]);
            panel["fieldConfig"] = new JsonObject
            {
                ["defaults"] = Defaults(),
                ["overrides"] = new JsonArray([.. Overrides.Select(rule => rule.Json())]),
            };
        }

        if (Interval is not null)
        {
            panel["interval"] = Interval;
        }

        panel["options"] = Options();
        return panel;
    }

    protected abstract JsonObject Options();

    /// <summary>The settings that only this type of panel has.</summary>
    protected virtual JsonObject? Custom() => null;

    protected virtual JsonObject Color() =>
        new() { ["mode"] = Thresholds is null ? "fixed" : "thresholds", ["fixedColor"] = "text" };

    private JsonObject Defaults()
    {
        var defaults = new JsonObject { ["unit"] = Unit.Id, ["noValue"] = Empty, ["color"] = Color() };
        Put(defaults, "decimals", Decimals);
        Put(defaults, "min", Min);
        Put(defaults, "max", Max);
        Put(defaults, "displayName", SeriesName);
        Put(defaults, "thresholds", Thresholds?.Json());
        Put(defaults, "mappings", Mapping.Json(Mappings, MapsEmpty ? Empty : null));
        Put(defaults, "links", Link is null ? null : Links.Json(Link));
        Put(defaults, "custom", Custom());
        return defaults;
    }

    private static void Put(JsonObject into, string name, JsonNode? value)
    {
        if (value is not null)
        {
            into[name] = value;
        }
    }
}
