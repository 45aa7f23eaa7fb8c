using System.Diagnostics.Metrics;
using System.Globalization;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Pipe.Spool;
using Collector.Stores.QuestDb;

namespace Collector.FaultTests.Feeding;

/// <summary>
/// A process that hosts the real way from the codec to QuestDB and does nothing but write numbered rows into it, telling of
/// each append that returned. It is told <c>clock SECONDS</c>, <c>hold</c> and <c>stop</c> on its standard input, and ends with
/// whoever started it.
/// </summary>
internal sealed class Feeder : IAsyncDisposable
{
    private static readonly TimeSpan BetweenBooks = TimeSpan.FromMilliseconds(50);
    private readonly FeederSetup _setup;
    private readonly FedTable[] _tables;
    private readonly SteppedClock _clock;
    private readonly Meter _meter = new("feeder");
    private readonly QuestDbStore _store;
    private readonly StoreConnection _connection;
    private readonly SpoolDirectory _spool;
    private readonly Lanes _lanes;
    private Task[] _feeding = [];
    private volatile bool _isHeld;
    private volatile bool _isOver;

    public Feeder(FeederSetup setup)
    {
        _setup = setup;
        _clock = new SteppedClock(TimeSpan.FromSeconds(setup.ClockAhead));
        _tables = [.. setup.Next.Keys.Select(name => new FedTable(name, setup.Seed, setup.EpochMicros))];
        var delivery = new DeliveryOptions
        {
            Linger = TimeSpan.FromMilliseconds(20),
            BacklogRows = 1_500,
            RetryDelay = TimeSpan.FromMilliseconds(20),
            RetryMaxDelay = TimeSpan.FromMilliseconds(500),
            MaxBadRows = 10_000,
            HaltedRetry = TimeSpan.FromSeconds(1),
            ShutdownTimeout = TimeSpan.FromSeconds(1),
        };
        var metrics = new DeliveryMetrics(_meter, _clock);
        var questDb = new QuestDbOptions { Url = setup.Url, RequestTimeout = TimeSpan.FromSeconds(1), ConnectTimeout = TimeSpan.FromSeconds(1) };
        _store = new QuestDbStore(questDb, _clock, new StandardErrorLog<QuestDbStore>());
        _connection = new StoreConnection(_store, delivery, metrics, _clock, new StandardErrorLog<StoreConnection>());
        var quarantine = new Quarantine(Path.Combine(setup.Folder, "quarantine"), new QuarantineOptions(), _clock, new StandardErrorLog<Quarantine>());
        _spool = SpoolDirectory.Open(Spool(setup), _clock, new StandardErrorLog<SpoolDirectory>());
        _lanes = new Lanes(
            _spool, new TableCatalog(_tables.Select(table => table.Table)), _connection, quarantine, delivery, metrics, _clock, new StandardErrorLog<Lanes>());
    }

    public async Task<int> RunAsync()
    {
        _lanes.Start();
        _feeding = [.. _tables.Select(table => Task.Run(() => FeedAsync(table)))];
        Task telling = TellBooksAsync();
        bool isToldToStop = await ObeyAsync();
        _isHeld = true;
        await Task.WhenAll(_feeding);
        if (isToldToStop)
        {
            await _lanes.StopAsync();
        }

        _isOver = true;
        await telling;
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        _lanes.Dispose();
        _connection.Dispose();
        _spool.Dispose();
        await _store.DisposeAsync();
        _meter.Dispose();
    }

    private static SpoolOptions Spool(FeederSetup setup) => new()
    {
        Directory = Path.Combine(setup.Folder, "spool"),
        MaxBytes = new(8 << 20),
        MinFreeBytes = new(0),
        SegmentBytes = new(64 << 10),
        Fsync = setup.Fsync,
        FsyncInterval = TimeSpan.FromMilliseconds(50),
    };

    private async Task FeedAsync(FedTable table)
    {
        long next = _setup.Next[table.Table.Name];
        while (!_isHeld)
        {
            ulong chance = FedTable.Mixed(_setup.Seed, -next);
            int count = 1 + (int)(chance % 24);
            await AppendAsync(table, next, count, isForgotten: _setup.ForgetsOneIn > 0 && chance / 24 % (ulong)_setup.ForgetsOneIn == 0);
            next += count;
            if (chance / 512 % 4 > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(chance / 4096 % 24), TimeProvider.System);
            }
        }
    }

    private async Task AppendAsync(FedTable table, long first, int count, bool isForgotten)
    {
        byte[] lines = table.Lines(first, count);
        string? refused = isForgotten ? null : await _lanes.AcceptAsync(new LineRows(table.Table, lines, count, TimeSpan.Zero), CancellationToken.None);
        if (refused is null)
        {
            Report.Acknowledged(table.Table.Name, first, first + count - 1);
            return;
        }

        Report.Refused(table.Table.Name, first, first + count - 1);
        await Task.Delay(BetweenBooks, TimeProvider.System);
    }

    private async Task TellBooksAsync()
    {
        while (!_isOver)
        {
            bool isHeld = Array.TrueForAll(_feeding, feeding => feeding.IsCompleted);
            foreach (LedgerEntry entry in _lanes.Ledger)
            {
                Report.Books(isHeld, entry);
            }

            await Task.Delay(BetweenBooks, TimeProvider.System);
        }
    }

    /// <returns>True when told to stop; false when whoever could tell is gone.</returns>
    private async Task<bool> ObeyAsync()
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        Task broken = BrokenAsync();
        while (true)
        {
            Task<string?> reading = input.ReadLineAsync(CancellationToken.None).AsTask();
            if (await Task.WhenAny(reading, broken) == broken)
            {
                await broken;
            }

            switch ((await reading)?.Split(' '))
            {
                case ["clock", { } seconds]:
                    _clock.Set(TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)));
                    break;
                case ["hold"]:
                    _isHeld = true;
                    break;
                case ["stop"]:
                    return true;
                default:
                    return false;
            }
        }
    }

    /// <summary>Ends only if feeding breaks, and throws then.</summary>
    private async Task BrokenAsync()
    {
        await foreach (Task ended in Task.WhenEach(_feeding))
        {
            await ended;
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
    }
}
