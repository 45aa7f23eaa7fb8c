using System.Diagnostics.Metrics;
using Collector.Benchmarks.Lines;
using Collector.Benchmarks.Support;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe;
using Collector.Pipe.Delivery;
using Collector.Pipe.Spool;
using Collector.Settings;
using Collector.Sources;
using Collector.Stores.QuestDb;
using Collector.Web.Exposition;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.Benchmarks.Pipe;

/// <summary>How the pipe is set up for one run.</summary>
internal sealed record PipeSettings
{
    public int Connections { get; init; } = 2;

    public int RowsARequest { get; init; } = 10_000;

    public FsyncMode Fsync { get; init; } = FsyncMode.Interval;

    /// <summary>Where the spool is; null for the disk of the temporary folder.</summary>
    public string? SpoolParent { get; init; }

    /// <summary>How long rows may wait in their order before fresh ones go ahead; null for the option's default.</summary>
    public TimeSpan? FreshWithin { get; init; }

    /// <summary>Rows of one record, that is, of one reading or one request of a client.</summary>
    public int RowsARecord { get; init; } = 1000;
}

/// <summary>
/// The collector's own way of a row, from a generator in this process: line writer, intake, spool, lanes, store. Nothing is
/// left out but the sources and the host.
/// </summary>
internal sealed class CollectorPipe(Uri questDb, PipeSettings settings)
{
    /// <summary>The generator waits while more rows than this are pending: a steady load at the limit, and no growing backlog.</summary>
    private const long Ahead = 200_000;

    private static readonly TimeSpan GivesUpAfter = TimeSpan.FromMinutes(5);

    /// <summary>Sends rows 0 to <paramref name="count"/>; returns when the store has accepted all.</summary>
    public async Task<Cost> RunAsync(long count)
    {
        using var folder = new TemporaryFolder(settings.SpoolParent);
        TimeProvider clock = TimeProvider.System;
        var tables = new TableCatalog([TradeRows.Table]);
        using var meter = new Meter("Benchmark");
        await using var store = new QuestDbStore(new QuestDbOptions { Url = questDb }, clock, NullLogger<QuestDbStore>.Instance);
        var delivery = new DeliveryOptions
        {
            FreshWithin = settings.FreshWithin ?? new DeliveryOptions().FreshWithin,
            Connections = settings.Connections,
            BacklogRows = settings.RowsARequest,
            BacklogBytes = new ByteSize(Math.Max(2 << 20, settings.RowsARequest * 256L)),
        };
        var metrics = new DeliveryMetrics(meter, clock);
        using var connection = new StoreConnection(store, delivery, metrics, clock, NullLogger<StoreConnection>.Instance);
        using var spool = SpoolDirectory.Open(
            new SpoolOptions { Directory = folder.Sub("spool"), Fsync = settings.Fsync, MaxBytes = ByteSize.GiB(4) }, clock, NullLogger.Instance);
        var quarantine = new Quarantine(folder.Sub("quarantine"), new QuarantineOptions(), clock, NullLogger<Quarantine>.Instance);
        using var lanes = new Lanes(spool, tables, connection, quarantine, delivery, metrics, clock, NullLogger<Lanes>.Instance);
        var intake = new Intake(lanes, new AcceptedRows(new LatestValues(tables, new ExpositionOptions(), clock), new PushedSeries()));
        lanes.Start();

        CostMeter cost = Cost.Start();
        await Task.Run(() => FeedAsync(intake, lanes, count));
        await UntilPendingAsync(lanes, 0, clock);
        Cost spent = cost.Stop();
        await lanes.StopAsync();
        Check(lanes, count);
        return spent;
    }

    private async Task FeedAsync(Intake intake, Lanes lanes, long count)
    {
        var writer = new LineWriter(TradeRows.Table, new TradeRows.StoppedClock(), capacity: 1 << 20);
        for (long from = 0; from < count; from += settings.RowsARecord)
        {
            writer.Clear();
            Trades.Write(writer, from, (int)Math.Min(settings.RowsARecord, count - from));
            if (await intake.AcceptAsync(new LineRows(TradeRows.Table, writer.Written, writer.Rows, TimeSpan.Zero), CancellationToken.None) is { } refused)
            {
                throw new InvalidOperationException(refused);
            }

            await UntilPendingAsync(lanes, Ahead, TimeProvider.System);
        }
    }

    private static async Task UntilPendingAsync(Lanes lanes, long rows, TimeProvider clock)
    {
        long began = clock.GetTimestamp();
        while (lanes.Ledger.Sum(entry => entry.Pending) > rows)
        {
            await Task.Delay(1);
            if (clock.GetElapsedTime(began) > GivesUpAfter)
            {
                throw new InvalidOperationException($"Nothing moves: {lanes.NotReadyBecause}");
            }
        }
    }

    private static void Check(Lanes lanes, long count)
    {
        LedgerEntry books = lanes.Ledger.Single();
        if (books.Delivered != count || books.Remainder != 0)
        {
            throw new InvalidOperationException($"{count} rows were written: {books}");
        }
    }
}
