using Collector.Capabilities.Gateway;
using Collector.Capabilities.Status;
using Collector.Pipe.Delivery;
using Collector.Pipe.Spool;
using Collector.Pipe.State;
using Collector.Settings;
using Collector.Settings.Logging;
using Collector.Stores.QuestDb;
using Collector.Stores.Sqlite;
using Collector.Web.Exposition;
using Collector.Web.Listeners;

namespace Collector.App;

/// <summary>The whole configuration but the sources, whose options are their own.</summary>
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

    /// <summary>Folder of the tables that the gateway made.</summary>
    internal string MadeTablesDir => Path.Combine(DataDir, MadeTables.FolderName);

    /// <summary>Folder of the schema files, one <c>.sql</c> a table. Default <c>schemas</c>.</summary>
    public string SchemasDir { get; init; } = "schemas";

    /// <summary>Time between two rows of the collector's own state, from 1 s to 1 h. Default 10 s.</summary>
    [Between("1s", "1h")]
    public TimeSpan StatusInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where the page, <c>/metrics</c> and the health checks listen.</summary>
    public HttpOptions Http { get; init; } = new();

    /// <summary>Whom to tell that the collector lives.</summary>
    public HeartbeatOptions Heartbeat { get; init; } = new();

    /// <summary>Where clients write line protocol to.</summary>
    public GatewayOptions Gateway { get; init; } = new();

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

    /// <summary>What the page at <c>/</c> shows.</summary>
    public PageOptions Page { get; init; } = new();

    /// <summary>What the collector says of itself on its standard output.</summary>
    public LogOptions Log { get; init; } = new();
}

internal enum StoreType
{
    /// <summary>One file, within the collector.</summary>
    Sqlite,

    /// <summary>A QuestDB server, 9.0 or newer.</summary>
    Questdb,
}

/// <summary>Where rows end up.</summary>
internal sealed record StoreOptions
{
    /// <summary>The kind of store. Default <c>sqlite</c>.</summary>
    public StoreType Type { get; init; } = StoreType.Sqlite;

    /// <summary>The SQLite store; counts with <c>type: sqlite</c>.</summary>
    public SqliteOptions Sqlite { get; init; } = new();

    /// <summary>The QuestDB store; counts with <c>type: questdb</c>.</summary>
    [Named("questdb")]
    public QuestDbOptions QuestDb { get; init; } = new();
}
