using Collector.IntegrationTests.Support;
using YamlDotNet.RepresentationModel;

namespace Collector.IntegrationTests.Grafana;

/// <summary>The files from which Grafana makes the data source and the folder of dashboards.</summary>
public sealed class ProvisioningTests
{
    [Fact]
    public void DataSource_HasTheUidThatDashboardsName()
    {
        YamlNode source = Read("datasources", "questdb.yaml")["datasources"][0];

        Assert.Equal(Collector.Dashboards.Query.DataSourceUid, Text(source["uid"]));
        Assert.Equal(Collector.Dashboards.Query.DataSourceType, Text(source["type"]));
        Assert.Equal("false", Text(source["editable"]));
        // Both are mandatory for the plugin; without a number there queries have no end.
        Assert.Equal("disable", Text(source["jsonData"]["tlsMode"]));
        Assert.True(int.Parse(Text(source["jsonData"]["queryTimeout"])) > 0);
        Assert.NotEmpty(Text(source["secureJsonData"]["password"]));
    }

    [Fact]
    public void Dashboards_AreNotChangedInTheBrowser()
    {
        YamlNode provider = Read("dashboards", "collector.yaml")["providers"][0];

        Assert.Equal("Collector", Text(provider["folder"]));
        Assert.Equal("collector", Text(provider["folderUid"]));
        Assert.Equal("false", Text(provider["allowUiUpdates"]));
        Assert.StartsWith("/", Text(provider["options"]["path"]), StringComparison.Ordinal);
    }

    private static YamlNode Read(string folder, string name)
    {
        var yaml = new YamlStream();
        using var text = new StringReader(File.ReadAllText(RepositoryRoot.Combine("monitoring", "grafana", "provisioning", folder, name)));
        yaml.Load(text);
        return yaml.Documents[0].RootNode;
    }

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value ?? "";
}
