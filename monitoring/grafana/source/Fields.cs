using System.Text.Json.Nodes;

namespace Collector.Dashboards;

/// <summary>A unit by Grafana's name for it. The same thing has the same unit on every dashboard.</summary>
internal readonly record struct Unit(string Id)
{
    public static readonly Unit None = new("none");
    public static readonly Unit Count = new("locale");
    public static readonly Unit Bytes = new("decbytes");
    public static readonly Unit BytesPerSecond = new("Bps");
    public static readonly Unit Seconds = new("s");
    public static readonly Unit Milliseconds = new("ms");
    public static readonly Unit Percent = new("percent");
    public static readonly Unit Ratio = new("percentunit");
    public static readonly Unit PerSecond = new("rowsps");
    public static readonly Unit PerMinute = new("suffix:/min");
    public static readonly Unit PerHour = new("suffix:/h");
    public static readonly Unit MessagesPerSecond = new("mps");

    /// <summary>Money in whatever the account is kept in.</summary>
    public static readonly Unit Quote = new("locale");
    public static readonly Unit Ago = new("dateTimeFromNow");
    public static readonly Unit Time = new("dateTimeAsIso");
}

/// <summary>Colours from a value on. The first is for all that is below.</summary>
internal sealed record Thresholds(string Below, params (double From, string Color)[] Steps)
{
    /// <summary>Good until a limit, then a warning, then critical.</summary>
    public static Thresholds Limits(double warning, double critical) => new("green", (warning, "orange"), (critical, "red"));

    /// <summary>Any is bad.</summary>
    public static readonly Thresholds NoneAllowed = new("green", (1, "red"));

    /// <summary>Profit is green, loss is red.</summary>
    public static readonly Thresholds Profit = new("red", (0, "green"));

    public JsonObject Json()
    {
        var steps = new JsonArray(new JsonObject { ["color"] = Below, ["value"] = null });
        foreach ((double from, string color) in Steps)
        {
            steps.Add(new JsonObject { ["color"] = color, ["value"] = from });
        }

        return new() { ["mode"] = "absolute", ["steps"] = steps };
    }
}

/// <summary>What is shown for a value, and how it is coloured.</summary>
internal sealed record Mapping(string Value, string Text, string Color)
{
    /// <summary>Neither good nor bad.</summary>
    private const string Grey = "#7b8087";

    /// <param name="empty">What is shown, in grey, where there is no value; null leaves that to the panel.</param>
    public static JsonArray? Json(Mapping[] mappings, string? empty = null)
    {
        var all = new JsonArray();
        if (mappings.Length > 0)
        {
            all.Add(new JsonObject { ["type"] = "value", ["options"] = Values(mappings) });
        }

        if (empty is not null)
        {
            all.Add(new JsonObject
            {
                ["type"] = "special",
                ["options"] = new JsonObject
                {
                    ["match"] = "null+nan",
                    ["result"] = new JsonObject { ["text"] = empty, ["color"] = Grey, ["index"] = mappings.Length },
                },
            });
        }

        return all.Count == 0 ? null : all;
    }

    private static JsonObject Values(Mapping[] mappings)
    {
        var options = new JsonObject();
        foreach ((int index, Mapping mapping) in mappings.Index())
        {
            options[mapping.Value] = new JsonObject { ["text"] = mapping.Text, ["color"] = mapping.Color, ["index"] = index };
        }

        return options;
    }
}

/// <summary>Ways between dashboards. They keep the range and the environment.</summary>
internal static class Links
{
    /// <param name="name">The dashboard's name.</param>
    /// <param name="choice">What to choose there: <c>daemon=${__data.fields.daemon}</c>.</param>
    public static string To(string name, string? choice = null) =>
        $"/d/collector-{name}?${{__url_time_range}}&${{env:queryparam}}{(choice is null ? "" : $"&var-{choice}")}";

    public static JsonArray Json(string url) => new(new JsonObject { ["title"] = "Look closer", ["url"] = url });
}

/// <summary>Settings for the column or series of a name; of several where the name is <c>/a regular expression/</c>.</summary>
internal sealed record Override(string Name)
{
    /// <summary>The heading of a column.</summary>
    public string? As { get; init; }

    public Unit? Unit { get; init; }

    public int? Decimals { get; init; }

    public string? Color { get; init; }

    public Mapping[] Mappings { get; init; } = [];

    public Thresholds? Thresholds { get; init; }

    /// <summary>Pixels of a column; without it columns share what is left.</summary>
    public int? Width { get; init; }

    /// <summary>The cell takes the colour of its threshold or mapping.</summary>
    public bool Coloured { get; init; }

    /// <summary>What stands in a cell without a value, instead of the panel's own text.</summary>
    public string Empty { get; init; } = "–";

    public string? Link { get; init; }

    public bool Dashed { get; init; }

    /// <summary>Filled down to the series of this name.</summary>
    public string? FillDownTo { get; init; }

    /// <summary>No line, and nothing in the legend: the edge of a filled band.</summary>
    public bool Edge { get; init; }

    public JsonObject Json()
    {
        var properties = new JsonArray();
        Put("displayName", As);
        Put("unit", Unit?.Id);
        Put("decimals", Decimals);
        Put("color", Color is null ? null : new JsonObject { ["mode"] = "fixed", ["fixedColor"] = Color });
        Put("mappings", Mapping.Json(Mappings));
        Put("thresholds", Thresholds?.Json());
        Put("custom.width", Width);
        Put("custom.cellOptions", Coloured ? new JsonObject { ["type"] = "color-text" } : null);
        if (Coloured && Thresholds is not null)
        {
            Put("color", new JsonObject { ["mode"] = "thresholds" });
        }

        Put("noValue", Empty);
        Put("links", Link is null ? null : Links.Json(Link));
        Put("custom.lineStyle", Dashed ? new JsonObject { ["fill"] = "dash", ["dash"] = new JsonArray(8, 6) } : null);
        Put("custom.fillOpacity", Dashed || Edge ? (FillDownTo is null ? 0 : 15) : null);
        Put("custom.fillBelowTo", FillDownTo);
        Put("custom.lineWidth", Edge ? 0 : null);
        Put("custom.hideFrom", Edge ? new JsonObject { ["legend"] = true, ["tooltip"] = false, ["viz"] = false } : null);
        bool isPattern = Name.StartsWith('/');
        return new() { ["matcher"] = new JsonObject { ["id"] = isPattern ? "byRegexp" : "byName", ["options"] = Name }, ["properties"] = properties };

        void Put(string id, JsonNode? value)
        {
            if (value is not null)
            {
                properties.Add(new JsonObject { ["id"] = id, ["value"] = value });
            }
        }
    }
}
