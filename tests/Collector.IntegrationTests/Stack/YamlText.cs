using YamlDotNet.RepresentationModel;

namespace Collector.IntegrationTests.Stack;

/// <summary>YAML as a tree: <c>root["services"]["questdb"]</c>.</summary>
internal static class YamlText
{
    public static YamlNode Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return Assert.Single(stream.Documents).RootNode;
    }

    /// <summary>The value of a key, or null where there is none.</summary>
    public static YamlNode? Find(this YamlNode node, string key) =>
        node is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value) ? value : null;

    public static string Text(this YamlNode node) => ((YamlScalarNode)node).Value ?? "";

    /// <summary>The texts of a list; none where there is no list.</summary>
    public static string[] Texts(this YamlNode? node) => node is null ? [] : [.. ((YamlSequenceNode)node).Select(Text)];

    public static IEnumerable<(string Key, YamlNode Value)> Entries(this YamlNode? node) =>
        node is null ? [] : ((YamlMappingNode)node).Select(entry => (entry.Key.Text(), entry.Value));
}
