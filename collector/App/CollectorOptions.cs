using Collector.Pipe.Delivery;
using Collector.Pipe.Spool;
using Collector.Pipe.State;
using Collector.Settings;
using Collector.Settings.Logging;
using Collector.Stores;
using Collector.Web.Exposition;
using Collector.Web.Listeners;

namespace Collector.App;

/// <summary>The whole configuration but the sources and the capabilities, whose options are their own.</summary>
internal sealed record CollectorOptions
{
    /// <summary>Name of this collector in its own rows and logs. Default <c>collector</c>.</summary>
    public string Name { get; init; } = "collector";

    /// <summary>This machine's name in the rows of what runs on it. Default: the name it has.</summary>
    public string? Host { get; init; }

    /// <summary>The name that rows bear.</summary>
    internal string HostName => Host ?? Environment.MachineName;

    /// <summary>Environment of what is watched, a column of every row: <c>prod</c>, <c>staging</c>, ... Default <c>prod</c>.</summary>
    public string Env { get; init; } = "prod";

    /// <summary>Folder of the spool, the quarantine, the local state and the SQLite store. Default <c>data</c>.</summary>
    public string DataDir { get; init; } = "data";

    /// <summary>Folder of the schema files, one <c>.sql</c> a table. Default <c>schemas</c>.</summary>
    public string SchemasDir { get; init; } = "schemas";

    /// <summary>Time between two rows of the collector's own state, from 1 s to 1 h. Default 10 s.</summary>
    [Between("1s", "1h")]
    public TimeSpan StatusInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where the page, <c>/metrics</c> and the health checks listen.</summary>
    public HttpOptions Http { get; init; } = new();

    /// <summary>Where rows end up: one store a run.</summary>
    public StoreOptions Store { get; init; } = new();

    /// <summary>Where rows wait on disk until the store has them.</summary>
    public SpoolOptions Spool { get; init; } = new();

    /// <summary>How rows travel from the spool to the store.</summary>
    public DeliveryOptions Delivery { get; init; } = new();

    /// <summary>What is remembered of counters.</summary>
    public CounterOptions Counters { get; init; } = new();

    /// <summary>Where rows go that no store takes.</summary>
    public QuarantineOptions Quarantine { get; init; } = new();

    /// <summary>What <c>/metrics</c> shows.</summary>
    public ExpositionOptions Exposition { get; init; } = new();

    /// <summary>What the collector says of itself on its standard output.</summary>
    public LogOptions Log { get; init; } = new();
}
