using Collector.App;
using Collector.Capabilities;
using Collector.Settings;
using Collector.Sources;
using Collector.Stores.Sqlite;

namespace Collector.Tests.App;

/// <summary>The configuration files that the project ships, held against the program.</summary>
public sealed class ShippedConfigurationTests
{
    private static readonly Dictionary<string, string> NoVariables = [];

    private static readonly Section[] Sections = [.. CapabilityList.All.SelectMany(capability => capability.Sections)];

    [Fact]
    public void Example_HasNoFault_AndHoldsTheDefaults()
    {
        string folder = Repository.Folder;
        var config = CollectorConfig.Load(Path.Combine(folder, "collector.yaml"), NoVariables);

        Assert.Empty(config.Faults);
        var defaults = new CollectorOptions();
        CollectorOptions atHome = defaults with
        {
            DataDir = Path.Combine(folder, "data"),
            SchemasDir = Path.Combine(folder, "schemas"),
            Spool = defaults.Spool with { Directory = Path.Combine(folder, "data", "spool") },
            Store = defaults.Store with { Sqlite = defaults.Store.Sqlite with { Path = Path.Combine(folder, "data", "collector.db"), Synchronous = SqliteSynchronous.Full } },
        };
        Assert.Equal(atHome, config.Options);
        Assert.All(Sections, section => Assert.Equal(Activator.CreateInstance(section.Options), config.Sections.Of(section)));
    }

    [Fact]
    public void Demo_HasNoFault()
    {
        var config = CollectorConfig.Load(Path.Combine(Repository.Folder, "demo", "collector.yaml"), NoVariables);

        Assert.Empty(config.Faults);
        Assert.Equal("demo", config.Options.Env);
    }

    /// <summary>Rewrite it with <c>UPDATE_DOCS=1</c>.</summary>
    [SkippableFact]
    public void EditorSchema_IsUpToDate()
    {
        string path = Path.Combine(Repository.Folder, "docs", "collector.schema.json");
        string schema = ConfigSchema.Of(typeof(CollectorOptions), new Dictionary<string, IReadOnlyDictionary<string, Type>>(StringComparer.Ordinal)
        {
            ["sources"] = SourceCatalog.All.Concat(CapabilityList.All.SelectMany(capability => capability.Sources)).ToDictionary(kind => kind.Slug, kind => kind.Options, StringComparer.Ordinal),
        }, Sections.ToDictionary(section => section.Key, section => section.Options, StringComparer.Ordinal));
        if (GeneratedFiles.AreWanted)
        {
            File.WriteAllText(path, schema);
            GeneratedFiles.Written(path);
        }

        Assert.True(File.Exists(path) && File.ReadAllText(path) == schema, $"{path} is out of date; run the tests once with UPDATE_DOCS=1");
    }
}
