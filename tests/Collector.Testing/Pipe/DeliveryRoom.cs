using System.Diagnostics.Metrics;
using System.Text;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Pipe.Spool;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Testing;

/// <summary>The way from the spool to a store: a real spool in a folder, a clock that stands, a store of the test's.</summary>
internal sealed class DeliveryRoom : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly Meter _meter = new("Collector.Tests");
    private readonly StoreConnection _connection;
    private bool _stopped;

    public DeliveryRoom(
        string folder, DeliveryOptions? options = null, SpoolOptions? spool = null, FakeTimeProvider? clock = null, QuarantineOptions? quarantine = null)
    {
        Counts = new RecordedCounts(_meter);
        Clock = clock ?? new FakeTimeProvider(Start);
        Options = options ?? new DeliveryOptions();
        Store = new FakeStore(Clock);
        QuarantineFolder = Path.Combine(folder, "quarantine");
        spool ??= new SpoolOptions { MinFreeBytes = new(0), Fsync = FsyncMode.Os };
        Spool = SpoolDirectory.Open(spool with { Directory = Path.Combine(folder, "spool") }, Clock, NullLogger.Instance, Disk);
        var metrics = new DeliveryMetrics(_meter, Clock);
        _connection = new StoreConnection(Store, Options, metrics, Clock, new NullLogger<StoreConnection>());
        Quarantine = new Quarantine(QuarantineFolder, quarantine ?? new QuarantineOptions(), Clock, new NullLogger<Quarantine>());
        Lanes = new Lanes(
            Spool, new TableCatalog([Table, Other]), _connection, Quarantine, Options, metrics, Clock, new NullLogger<Lanes>());
    }

    public static Table Table { get; } = TestTable.Read(
        "CREATE TABLE t (ts TIMESTAMP, k SYMBOL, d DOUBLE, n LONG) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)");

    public static Table Other { get; } = TestTable.Read(
        "CREATE TABLE other (ts TIMESTAMP, k SYMBOL, n LONG) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)");

    /// <summary>A table without a schema file.</summary>
    public static Table Made { get; } = TableGrowth.New("made").With([("k", ColumnType.Symbol, null), ("n", ColumnType.Long, null)]);

    public FakeTimeProvider Clock { get; }

    public RecordedCounts Counts { get; }

    public FaultyDisk Disk { get; } = new();

    public FakeStore Store { get; }

    public SpoolDirectory Spool { get; }

    public Lanes Lanes { get; }

    public DeliveryOptions Options { get; }

    public string QuarantineFolder { get; }

    public Quarantine Quarantine { get; }

    public LedgerEntry Ledger => Lanes.Ledger.Single(entry => entry.Table == Table.Name);

    /// <summary>Rows by their keys; each key's double holds eight newlines.</summary>
    public static byte[] Lines(params string[] keys) => Lines(Table, keys);

    public static byte[] Lines(Table table, params string[] keys)
    {
        var writer = new LineWriter(table, new FakeTimeProvider(Start));
        for (int i = 0; i < keys.Length; i++)
        {
            writer.Begin(table.Keys.Length == 0 ? [] : [keys[i]]);
            if (table.Keys.Length == 0)
            {
                writer.Set(table["k"], keys[i]);
            }

            if (table == Table)
            {
                writer.Set(table["d"], BitConverter.Int64BitsToDouble(0x0A0A_0A0A_0A0A_0A0A));
            }

            writer.Set(table["n"], (long)i);
            Assert.Null(writer.End(Start.AddSeconds(-1)));
        }

        return writer.Written.ToArray();
    }

    public static string[] Keys(int from, int count) => [.. Enumerable.Range(from, count).Select(i => $"good{i}")];

    public static string Text(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>Hands rows in; they have to be taken.</summary>
    public async Task AcceptAsync(params string[] keys) => Assert.Null(await TryAcceptAsync(Table, keys));

    public async Task<string?> TryAcceptAsync(Table table, params string[] keys) =>
        await Lanes.AcceptAsync(new LineRows(table, Lines(table, keys), keys.Length, TimeSpan.Zero), CancellationToken.None);

    /// <summary>Puts rows on disk behind the lanes' back, as the last run would have left them.</summary>
    public async Task LeaveAsync(params string[] keys) =>
        Assert.Equal(AppendStatus.Appended, (await Spool.Log(Table.Name).AppendAsync(Lines(keys), keys.Length)).Status);

    /// <summary>Lets the clock go on by steps until the condition holds; without a step the clock stands.</summary>
    public Task UntilAsync(Func<bool> condition, double stepSeconds = 0) => Eventually.HoldsAsync(condition, () =>
    {
        if (stepSeconds > 0)
        {
            Clock.Advance(TimeSpan.FromSeconds(stepSeconds));
        }
    });

    public Task DeliveredAsync(long rows, double stepSeconds = 0.01) =>
        UntilAsync(() => Lanes.Ledger.Sum(entry => entry.Delivered + entry.Quarantined + entry.DroppedUnkept) >= rows && Lanes.Ledger.Sum(entry => entry.Pending) == 0, stepSeconds);

    /// <summary>Ends in order; the deadline passes on the clock that stands.</summary>
    public async Task StopAsync(double stepSeconds = 0.1)
    {
        _stopped = true;
        Task stopping = Lanes.StopAsync();
        await UntilAsync(() => stopping.IsCompleted, stepSeconds);
        await stopping;
    }

    public async ValueTask DisposeAsync()
    {
        Disk.Heal();
        if (!_stopped)
        {
            await StopAsync(stepSeconds: 5);
        }

        Lanes.Dispose();
        _connection.Dispose();
        Spool.Dispose();
        await Store.DisposeAsync();
        Counts.Dispose();
        _meter.Dispose();
    }
}
