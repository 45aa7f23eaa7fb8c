using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Collector.Dashboards;

/// <summary>One question, and the panels that answer it.</summary>
/// <param name="Name">The file's name; the uid is <c>collector-NAME</c>.</param>
/// <param name="Question">What its reader wants to know.</param>
internal sealed record Dashboard(string Name, string Title, string Question)
{
    /// <summary>The tag by which the dashboards list each other.</summary>
    private const string Tag = "collector";

    /// <summary>The Grafana whose settings are written; a newer one brings them up to its own by itself.</summary>
    private const int SchemaVersion = 41;

    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public string Uid => $"collector-{Name}";

    /// <summary>The range it opens with.</summary>
    public string From { get; init; } = "now-1h";

    /// <summary>No faster than its rows come.</summary>
    public string Refresh { get; init; } = "10s";

    public Variable[] Variables { get; init; } = [];

    public Row[] Rows { get; init; } = [];

    public override string ToString() => Json().ToJsonString(Layout) + "\n";

    private JsonObject Json() => new()
    {
        ["uid"] = Uid,
        ["title"] = Title,
        ["description"] = Question,
        ["tags"] = new JsonArray(Tag),
        ["editable"] = false,
        ["graphTooltip"] = 1,
        ["timezone"] = "browser",
        ["schemaVersion"] = SchemaVersion,
        ["refresh"] = Refresh,
        ["time"] = new JsonObject { ["from"] = From, ["to"] = "now" },
        ["timepicker"] = new JsonObject(),
        ["links"] = new JsonArray(new JsonObject
        {
            ["type"] = "dashboards",
            ["title"] = "Collector",
            ["tags"] = new JsonArray(Tag),
            ["icon"] = "external link",
            ["asDropdown"] = false,
            ["includeVars"] = true,
            ["keepTime"] = true,
            ["targetBlank"] = false,
        }),
        ["annotations"] = new JsonObject { ["list"] = new JsonArray() },
        ["templating"] = new JsonObject { ["list"] = new JsonArray([.. Variables.Select(variable => variable.Json())]) },
        ["panels"] = Grid.Place(Rows),
    };
}
