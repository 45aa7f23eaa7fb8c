using Collector.Capabilities;
using Collector.Capabilities.Gateway;
using Collector.Lines.Tables;
using Collector.Pipe.Spool;
using Collector.Settings;
using Collector.Sources;
using Collector.Stores;
using Collector.Stores.Sqlite;
using Collector.Web.Listeners;

namespace Collector.App;

/// <summary>A source as configured.</summary>
/// <param name="Name">Unique among all sources: <c>daemon/oi-fetcher</c>.</param>
/// <param name="Path">Where it stands in the file: <c>sources.daemon[0]</c>.</param>
internal sealed record ConfiguredSource(string Name, string Path, SourceKind Kind, SourceOptions Options);

/// <summary>
/// Everything that is decided before the collector starts: the options, the tables, the sources. Or else all that is wrong
/// with them at once.
/// </summary>
internal sealed record CollectorConfig(
    CollectorOptions Options, SectionOptions Sections, TableCatalog Tables, IReadOnlyList<ConfiguredSource> Sources, IReadOnlyList<string> Faults)
{
    private string File { get; init; } = "";

    private IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What the program can do.</summary>
    public IReadOnlyList<Capability> All { get; private init; } = [];

    /// <summary>What it does as configured.</summary>
    public IEnumerable<Capability> Capabilities => All.Where(capability => capability.IsOn(Sections));

    /// <summary>The gateway, whose listener is not the page's; null where it is off.</summary>
    public GatewayOptions? Gateway => Sections.Of<GatewayOptions>() is { Enabled: true } gateway ? gateway : null;

    public Installation Installation => new(Options.Name, Options.HostName, Options.Env, Options.DataDir);

    /// <summary>Reads the same again, as it is now.</summary>
    public CollectorConfig Reload() => Load(File, Environment, All);

    /// <inheritdoc cref="Load(string, IReadOnlyDictionary{string, string}, IReadOnlyList{Capability})"/>
    public static CollectorConfig Load(string path, IReadOnlyDictionary<string, string> environment) => Load(path, environment, CapabilityList.All);

    /// <summary>Reads the file, what overrides it, and the schema folder. Opens no socket and no store.</summary>
    public static CollectorConfig Load(string path, IReadOnlyDictionary<string, string> environment, IReadOnlyList<Capability> capabilities)
    {
        ConfigDocument document = ConfigFile.Read(path, environment);
        var binder = new OptionsBinder(document);
        Section[] known = [.. capabilities.SelectMany(capability => capability.Sections)];
        CollectorOptions options = Resolved(binder.Bind<CollectorOptions>([.. known.Select(section => section.Key), "sources"]), document, binder);
        var sections = new SectionOptions([.. known.Select(section => Resolved(section.Key, binder.BindSection(section.Key, section.Options), document, binder))]);
        SourceKind[] kinds = [.. SourceCatalog.All, .. capabilities.SelectMany(capability => capability.Sources)];
        IReadOnlyList<TypedSection> written = binder.BindTyped("sources", kinds.ToDictionary(kind => kind.Slug, kind => kind.Options, StringComparer.Ordinal));
        if (written.Count == 0 && !sections.Of<GatewayOptions>().Enabled && !binder.Faults.Any(fault => fault.Path.Length == 0 || fault.Path.StartsWith("sources", StringComparison.Ordinal)))
        {
            binder.Report("sources", $"names nothing to watch, and the gateway is off; add one of {string.Join(", ", kinds.Select(kind => kind.Slug))}, or set gateway.enabled");
        }

        List<ConfiguredSource> sources = Named(written, kinds, document, binder);
        var schemaFaults = new List<SchemaFault>();
        var tables = TableCatalog.Load(options.SchemasDir, schemaFaults);
        foreach (Capability capability in capabilities)
        {
            capability.LoadTables(options.DataDir, tables, schemaFaults);
        }

        if (schemaFaults.Count == 0)
        {
            new SourceTrial(options, tables, binder).Run(sources);
        }

        return new CollectorConfig(
            options, sections, tables, sources, [.. binder.Faults.Select(fault => fault.ToString()), .. schemaFaults.Select(fault => fault.ToString())])
        {
            File = path,
            Environment = environment,
            All = capabilities,
        };
    }

    /// <summary>Relative paths count from the configuration file's folder, those below <c>data_dir</c> from there.</summary>
    private static CollectorOptions Resolved(CollectorOptions options, ConfigDocument document, OptionsBinder binder)
    {
        string data = document.ResolvePath(options.DataDir);
        var store = (StoreOptions)Resolved("store", options.Store, document, binder);
        return options with
        {
            DataDir = data,
            SchemasDir = document.ResolvePath(options.SchemasDir),
            Http = (HttpOptions)Resolved("http", options.Http, document, binder),
            Spool = options.Spool with { Directory = Path.Combine(data, options.Spool.Directory) },
            Store = store with { Sqlite = Resolved(store.Sqlite, options.Spool, data) },
        };
    }

    private static object Resolved(string key, object options, ConfigDocument document, OptionsBinder binder)
    {
        if (options is not IFileOptions files)
        {
            return options;
        }

        object resolved = files.Resolved(document.ResolvePath);
        foreach ((string name, string problem) in ((IFileOptions)resolved).FileFaults())
        {
            binder.Report($"{key}.{name}", problem);
        }

        return resolved;
    }

    private static SqliteOptions Resolved(SqliteOptions sqlite, SpoolOptions spool, string data) => sqlite with
    {
        Path = Path.Combine(data, sqlite.Path),
        Synchronous = sqlite.Synchronous ?? (spool.Fsync == FsyncMode.Os ? SqliteSynchronous.Normal : SqliteSynchronous.Full),
    };

    private static List<ConfiguredSource> Named(IReadOnlyList<TypedSection> sections, SourceKind[] kinds, ConfigDocument document, OptionsBinder binder)
    {
        var sources = new List<ConfiguredSource>();
        foreach (TypedSection section in sections)
        {
            SourceOptions options = ((SourceOptions)section.Options).Resolved(document.ResolvePath);
            string name = $"{section.Type}/{options.Name ?? (section.Index == 0 ? "default" : $"default-{section.Index + 1}")}";
            if (sources.Exists(other => other.Name == name))
            {
                binder.Report(section.Path, $"is the second source named {name}; give each a name of its own");
            }

            sources.Add(new ConfiguredSource(name, section.Path, kinds.First(kind => kind.Slug == section.Type), options));
        }

        return sources;
    }
}
