using Collector.Capabilities.Gateway;
using Collector.Lines.Tables;
using Collector.Pipe.Spool;
using Collector.Settings;
using Collector.Sources;
using Collector.Stores.QuestDb;
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
    CollectorOptions Options, TableCatalog Tables, IReadOnlyList<ConfiguredSource> Sources, IReadOnlyList<string> Faults)
{
    private string File { get; init; } = "";

    private IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Reads the same again, as it is now.</summary>
    public CollectorConfig Reload() => Load(File, Environment);

    /// <summary>Reads the file, what overrides it, and the schema folder. Opens no socket and no store.</summary>
    public static CollectorConfig Load(string path, IReadOnlyDictionary<string, string> environment)
    {
        ConfigDocument document = ConfigFile.Read(path, environment);
        var binder = new OptionsBinder(document);
        CollectorOptions options = Resolved(binder.Bind<CollectorOptions>("sources"), document);
        IReadOnlyList<TypedSection> sections = binder.BindTyped(
            "sources", SourceCatalog.All.ToDictionary(kind => kind.Slug, kind => kind.Options, StringComparer.Ordinal));
        if (sections.Count == 0 && !options.Gateway.Enabled && !binder.Faults.Any(fault => fault.Path.Length == 0 || fault.Path.StartsWith("sources", StringComparison.Ordinal)))
        {
            binder.Report("sources", $"names nothing to watch, and the gateway is off; add one of {string.Join(", ", SourceCatalog.All.Select(kind => kind.Slug))}, or set gateway.enabled");
        }

        List<ConfiguredSource> sources = Named(sections, document, binder);
        var schemaFaults = new List<SchemaFault>();
        var tables = TableCatalog.Load(options.SchemasDir, schemaFaults);
        MadeTables.Load(options.MadeTablesDir, tables, schemaFaults);
        ReportTls("http", options.Http.Tls, binder);
        ReportTls("gateway", options.Gateway.Tls, binder);
        if (options.Store.QuestDb.Ca is { } ca && TrustedRoots.Problem(ca) is { } problem)
        {
            binder.Report("store.questdb.ca", problem);
        }

        if (schemaFaults.Count == 0)
        {
            new SourceTrial(options, tables, binder).Run(sources);
        }

        return new CollectorConfig(
            options, tables, sources, [.. binder.Faults.Select(fault => fault.ToString()), .. schemaFaults.Select(fault => fault.ToString())])
        {
            File = path,
            Environment = environment,
        };
    }

    /// <summary>Relative paths count from the configuration file's folder, those below <c>data_dir</c> from there.</summary>
    private static CollectorOptions Resolved(CollectorOptions options, ConfigDocument document)
    {
        string data = document.ResolvePath(options.DataDir);
        return options with
        {
            DataDir = data,
            SchemasDir = document.ResolvePath(options.SchemasDir),
            Http = options.Http with { Tls = Resolved(options.Http.Tls, document) },
            Gateway = options.Gateway with { Tls = Resolved(options.Gateway.Tls, document) },
            Spool = options.Spool with { Directory = Path.Combine(data, options.Spool.Directory) },
            Store = options.Store with
            {
                Sqlite = Resolved(options.Store.Sqlite, options.Spool, data),
                QuestDb = options.Store.QuestDb with { Ca = options.Store.QuestDb.Ca is { } ca ? document.ResolvePath(ca) : null },
            },
        };
    }

    private static SqliteOptions Resolved(SqliteOptions sqlite, SpoolOptions spool, string data) => sqlite with
    {
        Path = Path.Combine(data, sqlite.Path),
        Synchronous = sqlite.Synchronous ?? (spool.Fsync == FsyncMode.Os ? SqliteSynchronous.Normal : SqliteSynchronous.Full),
    };

    private static TlsOptions? Resolved(TlsOptions? tls, ConfigDocument document) => tls is null || tls.Certificate is null || tls.Key is null
        ? null // a key that is missing is a fault already
        : new TlsOptions { Certificate = document.ResolvePath(tls.Certificate), Key = document.ResolvePath(tls.Key) };

    private static void ReportTls(string section, TlsOptions? tls, OptionsBinder binder)
    {
        if (tls?.Problem() is { } problem)
        {
            binder.Report($"{section}.tls", problem);
        }
    }

    private static List<ConfiguredSource> Named(IReadOnlyList<TypedSection> sections, ConfigDocument document, OptionsBinder binder)
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

            sources.Add(new ConfiguredSource(name, section.Path, SourceCatalog.All.First(kind => kind.Slug == section.Type), options));
        }

        return sources;
    }
}
