using System.Text.Json.Nodes;

namespace Collector.Dashboards;

/// <summary>One value large, or a tile for each row: its texts are the name, its number is the value.</summary>
internal sealed record Stat(int Id, string Title, string Description) : Panel(Id, Title, Description)
{
    protected override string Type => "stat";

    protected override bool MapsEmpty => true;

    protected override bool AsksForTable => true;

    /// <summary>The whole tile takes the colour; for states.</summary>
    public bool Filled { get; init; }

    /// <summary>A tile has its row's name; for panels of several rows.</summary>
    public bool Named { get; init; }

    protected override JsonObject Options() => new()
    {
        ["reduceOptions"] = new JsonObject { ["values"] = true, ["calcs"] = new JsonArray("lastNotNull"), ["fields"] = "" },
        ["colorMode"] = Filled ? "background" : "value",
        ["graphMode"] = "none",
        ["justifyMode"] = "auto",
        ["orientation"] = Named ? "auto" : "horizontal",
        ["textMode"] = Named ? "value_and_name" : "value",
    };
}

/// <summary>A bar for each row, towards a limit.</summary>
internal sealed record BarGauge(int Id, string Title, string Description) : Panel(Id, Title, Description)
{
    protected override string Type => "bargauge";

    protected override bool MapsEmpty => true;

    protected override bool AsksForTable => true;

    protected override JsonObject Options() => new()
    {
        ["reduceOptions"] = new JsonObject { ["values"] = true, ["calcs"] = new JsonArray("lastNotNull"), ["fields"] = "" },
        ["displayMode"] = "gradient",
        ["orientation"] = "horizontal",
        ["showUnfilled"] = true,
        ["valueMode"] = "color",
        ["namePlacement"] = "top",
    };
}

/// <summary>Lines over time. A gap stays a gap, nothing is stacked.</summary>
internal sealed record TimeSeries(int Id, string Title, string Description) : Panel(Id, Title, Description)
{
    protected override string Type => "timeseries";

    protected override bool AsksForTable => false;

    /// <summary>Bars, for what is counted within a bucket and is mostly nothing.</summary>
    public bool Bars { get; init; }

    protected override JsonObject Options() => new()
    {
        ["legend"] = new JsonObject
        {
            ["showLegend"] = true,
            ["displayMode"] = "list",
            ["placement"] = "bottom",
            ["calcs"] = new JsonArray("lastNotNull"),
        },
        ["tooltip"] = new JsonObject { ["mode"] = "multi", ["sort"] = "desc" },
    };

    protected override JsonObject Custom() => new()
    {
        ["drawStyle"] = Bars ? "bars" : "line",
        ["lineWidth"] = Bars ? 0 : 2,
        ["fillOpacity"] = Bars ? 70 : 0,
        ["showPoints"] = "auto", // where there is room: a lone point is not seen without
        ["spanNulls"] = false,
        ["stacking"] = new JsonObject { ["mode"] = "none" },
        ["thresholdsStyle"] = new JsonObject { ["mode"] = Thresholds is null ? "off" : "dashed" },
    };

    /// <summary>A line's colour tells it from the others; limits are dashed lines of their own.</summary>
    protected override JsonObject Color() => new() { ["mode"] = "palette-classic" };
}

/// <summary>A lane for each series, coloured by its state.</summary>
internal sealed record StateTimeline(int Id, string Title, string Description) : Panel(Id, Title, Description)
{
    protected override string Type => "state-timeline";

    protected override bool AsksForTable => false;

    protected override JsonObject Options() => new()
    {
        ["mergeValues"] = true,
        ["showValue"] = "never",
        ["rowHeight"] = 0.8,
        ["legend"] = new JsonObject { ["showLegend"] = true, ["displayMode"] = "list", ["placement"] = "bottom" },
        ["tooltip"] = new JsonObject { ["mode"] = "single" },
    };

    protected override JsonObject Custom() => new() { ["fillOpacity"] = 80, ["lineWidth"] = 0, ["spanNulls"] = false };
}

/// <summary>Rows as rows.</summary>
internal sealed record Table(int Id, string Title, string Description) : Panel(Id, Title, Description)
{
    protected override string Type => "table";

    protected override bool AsksForTable => true;

    protected override JsonObject Options() => new() { ["showHeader"] = true, ["cellHeight"] = "sm" };

    protected override JsonObject Custom() => new() { ["minWidth"] = 70, ["align"] = "auto", ["filterable"] = false };
}

/// <summary>Says what a dashboard is for.</summary>
internal sealed record Text(int Id, string Title, string Description, string Markdown) : Panel(Id, Title, Description)
{
    protected override string Type => "text";

    protected override bool AsksForTable => true;

    protected override JsonObject Options() => new() { ["mode"] = "markdown", ["content"] = Markdown };
}

/// <summary>Grafana's own list of alerts that fire or are about to.</summary>
internal sealed record AlertList(int Id, string Title, string Description) : Panel(Id, Title, Description)
{
    /// <summary>The worst first.</summary>
    private const int ByImportance = 3;

    protected override string Type => "alertlist";

    protected override bool AsksForTable => true;

    protected override JsonObject Options() => new()
    {
        ["viewMode"] = "list",
        ["groupMode"] = "default",
        ["groupBy"] = new JsonArray(),
        ["maxItems"] = 20,
        ["sortOrder"] = ByImportance,
        ["dashboardAlerts"] = false,
        ["alertName"] = "",
        ["alertInstanceLabelFilter"] = "",
        ["stateFilter"] = new JsonObject
        {
            ["firing"] = true,
            ["pending"] = true,
            ["recovering"] = true,
            ["noData"] = true,
            ["error"] = true,
            ["normal"] = false,
        },
    };
}
