using System.Diagnostics.Metrics;
using System.Text;
using Collector.Capabilities.Gateway;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Web.Listeners;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Testing;

/// <summary>A gateway on the tables of the test, without a listener; what it takes in is read back from its bytes.</summary>
internal sealed class GatewayRoom : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Meter _meter = new("Collector.Tests.Gateway");
    private readonly TableIntakes _doors;

    /// <param name="options">Null: the defaults.</param>
    public GatewayRoom(GatewayOptions? options = null, ILineSink? sink = null, string? tablesFolder = null, ITableLookup? database = null, GrowthRoom? disk = null)
    {
        Options = options ?? new GatewayOptions();
        Budget = new BufferBudget(Options.MaxBufferedBytes.Bytes);
        Metrics = new GatewayMetrics(_meter);
        Listeners = new ListenerMetrics(_meter);
        Tables = new TableCatalog([Readings, Plain, Counters]);
        TablesFolder = tablesFolder ?? _folder.File("tables");
        MadeTables.Load(TablesFolder, Tables, []);
        Made = new GatewayTables(Tables, Options, TablesFolder, Metrics, database ?? new FakeDatabase(), disk ?? new GrowthRoom(), Clock, new NullLogger<GatewayTables>());
        _doors = new TableIntakes(sink ?? Sink, Baselines, Metrics, Options);
        Arrivals = new ArrivalClock(ArrivalFile, Clock, new NullLogger<ArrivalClock>());
        Writer = new GatewayWriter(Made, _doors, Arrivals, sink ?? Sink, Options, Metrics, Clock);
        Unanswered = NextUnanswered();
    }

    public static Table Readings { get; } = TestTable.Make();

    public static Table Plain { get; } = TestTable.Read(
        "CREATE TABLE plain (ts TIMESTAMP, k SYMBOL, n LONG, d DOUBLE) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)");

    public static Table Counters { get; } = TestTable.Read(
        "CREATE TABLE counters (ts TIMESTAMP, k SYMBOL, c LONG, c_delta LONG) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)");

    public GatewayOptions Options { get; }

    public Meter Meter => _meter;

    public GatewayMetrics Metrics { get; }

    public ListenerMetrics Listeners { get; }

    public TableCatalog Tables { get; }

    public string TablesFolder { get; }

    public GatewayTables Made { get; }

    public string ArrivalFile => _folder.File(ArrivalClock.FileName);

    public string UnansweredFile => _folder.File(Collector.Capabilities.Gateway.UnansweredFile.FileName);

    public ArrivalClock Arrivals { get; }

    public GatewayWriter Writer { get; }

    public UnansweredRequests Unanswered { get; }

    public CounterBaselines Baselines { get; } = new();

    public RecordedSink Sink { get; } = new();

    public BufferBudget Budget { get; }

    public FakeTimeProvider Clock { get; } = new(TestTable.Now);

    /// <summary>A listener before it is started.</summary>
    public GatewayListener Listener(WriteEndpoint write, ServerCertificate? certificate = null)
    {
        var logins = new Logins(ListenerMetrics.Gateway, Options.Token, Listeners, Clock, NullLogger.Instance);
        var connections = new ConnectionLimit(ListenerMetrics.Gateway, Options.MaxConnections, Listeners, Clock, NullLogger.Instance);
        return new GatewayListener(Options, new GatewayEndpoint(write, logins, Metrics, Clock, new NullLogger<GatewayEndpoint>()), connections, NullLoggerFactory.Instance, certificate);
    }

    /// <summary>As another run has them.</summary>
    public UnansweredRequests NextUnanswered() => new(UnansweredFile, Options, Metrics, Clock, new NullLogger<UnansweredRequests>());

    /// <summary>Writes lines; text stands for its bytes in Latin 1, so that any byte can be named.</summary>
    public Task<WriteResult> WriteAsync(string lines, Precision precision = Precision.Nanoseconds) => WriteAsync(Encoding.Latin1.GetBytes(lines), precision);

    public async Task<WriteResult> WriteAsync(byte[] lines, Precision precision = Precision.Nanoseconds) => await Writer.WriteAsync(lines, precision, new RequestProgress(), CancellationToken.None);

    /// <summary>Writes lines in InfluxDB's dialect; text stands for its bytes in UTF-8.</summary>
    public async Task<WriteResult> InfluxAsync(string lines, Precision precision = Precision.Nanoseconds) =>
        await Writer.WriteAsync(Encoding.UTF8.GetBytes(lines), precision, new RequestProgress(), CancellationToken.None, Budget);

    /// <summary>Writes lines that all have to be taken.</summary>
    public async Task AcceptAsync(string lines, Precision precision = Precision.Nanoseconds)
    {
        WriteResult result = await WriteAsync(lines, precision);
        Assert.Empty(Sink.Refused.Select(row => row.Fault.Message));
        Assert.Equal(WriteStatus.Accepted, result.Status);
    }

    public void Dispose()
    {
        Writer.Dispose();
        Arrivals.Dispose();
        Unanswered.Dispose();
        _doors.Dispose();
        _meter.Dispose();
        _folder.Dispose();
    }
}
