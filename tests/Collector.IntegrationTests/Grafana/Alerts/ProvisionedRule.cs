using Collector.IntegrationTests.Support;
using YamlDotNet.RepresentationModel;

namespace Collector.IntegrationTests.Grafana.Alerts;

/// <summary>A rule as its file has it: what Grafana will read, whoever wrote it.</summary>
internal sealed class ProvisionedRule(YamlNode group, YamlNode rule)
{
    public static string Folder => RepositoryRoot.Combine("monitoring", "grafana", "provisioning", "alerting");

    public static string File => Path.Combine(Folder, "rules.yaml");

    public YamlNode Group => group;

    public string Uid => Text("uid");

    /// <summary>The name of the case that proves it.</summary>
    public string Name => Uid["collector-".Length..];

    public string NoDataState => Text("noDataState");

    public string ExecErrState => Text("execErrState");

    /// <summary>It tells of a missing collector, and of a database that does not answer.</summary>
    public bool IsWatchdog => Uid == "collector-collector-silent";

    public IReadOnlyDictionary<string, string> Labels => Map(rule, "labels");

    public IReadOnlyDictionary<string, string> Annotations => Map(rule, "annotations");

    public IReadOnlyList<YamlNode> Data => Children(rule, "data");

    /// <summary>The query of the data source.</summary>
    public string Sql => Scalar(At(Data[0], "model", "rawSql"));

    /// <summary>How the threshold compares: gt or lt.</summary>
    public string Comparison => Scalar(At(Evaluator, "type"));

    public double Limit => double.Parse(Scalar(At(Evaluator, "params", 0)));

    private YamlNode? Evaluator => At(Data[1], "model", "conditions", 0, "evaluator");

    public static IReadOnlyList<ProvisionedRule> Shipped() => Read(System.IO.File.ReadAllText(File));

    public static IReadOnlyList<ProvisionedRule> Read(string text)
    {
        var yaml = new YamlStream();
        using var reader = new StringReader(text);
        yaml.Load(reader);
        return [.. Children(yaml.Documents[0].RootNode, "groups").SelectMany(group => Children(group, "rules").Select(rule => new ProvisionedRule(group, rule)))];
    }

    public string Text(params object[] path) => Scalar(At(rule, path));

    public override string ToString() => Uid;

    public static string Scalar(YamlNode? node) => (node as YamlScalarNode)?.Value ?? "";

    /// <summary>What stands at a path of names and numbers; null where nothing does.</summary>
    public static YamlNode? At(YamlNode? node, params object[] path) => path.Aggregate(node, (at, step) => (at, step) switch
    {
        (YamlMappingNode map, string name) when map.Children.TryGetValue(new YamlScalarNode(name), out YamlNode? value) => value,
        (YamlSequenceNode list, int i) when i < list.Children.Count => list.Children[i],
        _ => null,
    });

    private static IReadOnlyList<YamlNode> Children(YamlNode node, string name) => At(node, name) is YamlSequenceNode list ? [.. list.Children] : [];

    private static Dictionary<string, string> Map(YamlNode node, string name) => At(node, name) is YamlMappingNode map
        ? map.Children.ToDictionary(pair => Scalar(pair.Key), pair => Scalar(pair.Value), StringComparer.Ordinal)
        : [];
}
