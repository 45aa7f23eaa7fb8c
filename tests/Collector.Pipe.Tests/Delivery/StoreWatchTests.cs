using System.Diagnostics.Metrics;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Tests.Pipe.Delivery;

public sealed class StoreWatchTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(DeliveryRoom.Start);
    private readonly Meter _meter = new("Collector.Tests");
    private readonly FakeStore _fake;
    private readonly FakeWatchedStore _store;
    private readonly StoreConnection _connection;
    private readonly RecordedLog _log = new();
    private readonly StoreWatch _watch;

    public StoreWatchTests()
    {
        _fake = new FakeStore(_clock);
        _store = new FakeWatchedStore(_fake);
        _connection = new StoreConnection(_store, new DeliveryOptions(), new DeliveryMetrics(_meter, _clock), _clock, new NullLogger<StoreConnection>());
        _watch = new StoreWatch(_store, _connection, new TableCatalog([DeliveryRoom.Table, DeliveryRoom.Other]), _clock, new RecordedLog<StoreWatch>(_log));
    }

    public void Dispose()
    {
        _watch.Dispose();
        _connection.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task Look_TableSuspended_IsPausedUntilALookFindsItInOrder()
    {
        await _connection.ReachAsync(CancellationToken.None);
        Sees(("t", new TableLook { IsSuspended = true, Cause = "disk full", Remedy = "ALTER TABLE t RESUME WAL" }), ("other", new TableLook { IsSuspended = false }));
        await _watch.LookAsync(CancellationToken.None);

        Assert.Equal("suspended", _watch.State);
        Assert.Contains("noticed at 2026-01-02 03:04:05 UTC (the database says: disk full)", _connection.Suspensions.Of("t"), StringComparison.Ordinal);
        Assert.Null(_connection.Suspensions.Of("other"));
        Assert.IsType<Outcome.Halted>(await WriteAsync());

        // It is told when it was noticed, not when it was seen last; a table that a look does not tell of stays as it was.
        _clock.Advance(TimeSpan.FromHours(1));
        await _watch.LookAsync(CancellationToken.None);
        Assert.Contains("03:04:05", _connection.Suspensions.Of("t"), StringComparison.Ordinal);
        Sees(("t", new TableLook()));
        await _watch.LookAsync(CancellationToken.None);
        Assert.NotNull(_connection.Suspensions.Of("t"));

        Sees(("t", new TableLook { IsSuspended = false }));
        await _watch.LookAsync(CancellationToken.None);
        Assert.Equal("ok", _watch.State);
        Assert.IsType<Outcome.Accepted>(await WriteAsync());
    }

    [Fact]
    public async Task Look_SuspendedTableDropped_IsResumed()
    {
        Sees(("t", new TableLook { IsSuspended = true }));
        await _watch.LookAsync(CancellationToken.None);
        Sees();
        await _watch.LookAsync(CancellationToken.None);

        Assert.Null(_connection.Suspensions.Of("t"));
    }

    [Fact]
    public async Task Look_Fails_KeepsSuspensionsAndTellsNothingOld()
    {
        Sees(("t", new TableLook { IsSuspended = true }));
        await _watch.LookAsync(CancellationToken.None);
        DateTimeOffset? seen = _watch.LatestAt;

        _clock.Advance(TimeSpan.FromSeconds(5));
        _store.Look = _ => Task.FromResult(new StoreLook { Failure = new Outcome.Retry("away") });
        await _watch.LookAsync(CancellationToken.None);

        Assert.NotNull(_connection.Suspensions.Of("t"));
        Assert.Null(_watch.Latest);
        Assert.Equal((1, seen), (_watch.Failures, _watch.LatestAt));
    }

    [Fact]
    public async Task Look_BreaksOrHangs_IsAFailureAndNotTheWatchsEnd()
    {
        _store.Look = _ => throw new InvalidOperationException("a fault of the program");
        await _watch.LookAsync(CancellationToken.None);

        _store.Look = async token =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, token);
            return new StoreLook();
        };
        Task hanging = _watch.LookAsync(CancellationToken.None);
        await Eventually.HoldsAsync(() => hanging.IsCompleted, () => _clock.Advance(TimeSpan.FromSeconds(1)));
        await hanging;

        Assert.Equal(2, _watch.Failures);
    }

    [Fact]
    public async Task Look_FailsAgainAndAgainThoughRowsAreTaken_IsToldOnceIn10Seconds()
    {
        await _connection.ReachAsync(CancellationToken.None);
        _store.Look = _ => Task.FromResult(new StoreLook { Failure = new Outcome.Halted("no such function") });
        for (int i = 0; i < 4; i++)
        {
            await _watch.LookAsync(CancellationToken.None);
            _clock.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal(2, _log.Messages.Count(message => message.Contains("cannot be watched", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Start_Runs_LooksEveryIntervalUntilItIsStopped()
    {
        _watch.Start();
        await Eventually.HoldsAsync(() => _store.Looks >= 3, () => _clock.Advance(TimeSpan.FromSeconds(1)));
        TimeSpan passed = _clock.GetUtcNow() - DeliveryRoom.Start;
        int looks = _store.Looks;

        await _watch.StopAsync();

        Assert.True(looks <= (passed / _store.Interval) + 1, $"{looks} looks in {passed}");
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(looks, _store.Looks);
    }

    [Fact]
    public async Task Look_RowsGoneFromTheStore_AreTheAuditsDifference()
    {
        await _connection.ReachAsync(CancellationToken.None);
        long rows = 0, transactions = 0;
        _store.Look = _ => Task.FromResult(Look(("t", new TableLook
        {
            Id = 1,
            IsSuspended = false,
            Rows = rows,
            DedupRows = 0,
            Transactions = transactions,
            PendingRows = 0,
            LagTransactions = 0,
        })));
        await TwiceAsync();
        Assert.IsType<Outcome.Accepted>(await WriteAsync());
        (rows, transactions) = (1, 1);
        await TwiceAsync();
        Assert.Equal(("t", 0L), Assert.Single(_watch.Differences));

        rows = 0; // somebody deletes it
        await TwiceAsync();
        Assert.Equal(("t", -1L), Assert.Single(_watch.Differences));

        _store.Look = _ => Task.FromResult(new StoreLook { Failure = new Outcome.Retry("away") });
        await _watch.LookAsync(CancellationToken.None);
        Assert.Empty(_watch.Differences);

        async Task TwiceAsync()
        {
            await _watch.LookAsync(CancellationToken.None);
            await _watch.LookAsync(CancellationToken.None);
        }
    }

    public static TheoryData<string, bool> Changes => new()
    {
        { "as it was", false },
        { "missing", true },
        { "another table of its name", true },
        { "without its keys", true },
        { "another run of the store", true },
        { "the other table", false },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Look_TableChangedBehindTheCollectorsBack_IsPreparedBeforeItsNextBatch(string change, bool isPreparedAgain)
    {
        (string, TableLook) other = ("other", new TableLook { Id = 2 });
        Sees(("t", new TableLook { Id = 1 }), other);
        await _watch.LookAsync(CancellationToken.None);
        await WriteAsync();
        await _watch.LookAsync(CancellationToken.None);
        await WriteAsync();

        StoreLook now = change switch
        {
            "as it was" => Look(("t", new TableLook { Id = 1 }), other),
            "missing" => Look(other),
            "another table of its name" => Look(("t", new TableLook { Id = 3 }), other),
            "without its keys" => Look(("t", new TableLook { Id = 1, IsChanged = true }), other),
            "another run of the store" => Look(("t", new TableLook { Id = 1 }), other) with { Run = "two" },
            _ => Look(("t", new TableLook { Id = 1 })),
        };
        _store.Look = _ => Task.FromResult(now);
        await _watch.LookAsync(CancellationToken.None);
        await WriteAsync();

        string[] again = isPreparedAgain ? ["prepare t", "write t"] : ["write t"];
        Assert.Equal(["reach", "prepare t", "write t", "write t", .. again], _fake.Calls);
    }

    [Fact]
    public void Watch_StoreThatHidesNothing_DoesNothing()
    {
        using var connection = new StoreConnection(new FakeStore(_clock), new DeliveryOptions(), new DeliveryMetrics(_meter, _clock), _clock, new NullLogger<StoreConnection>());
        using var watch = new StoreWatch(new FakeStore(_clock), connection, new TableCatalog([DeliveryRoom.Table]), _clock, new RecordedLog<StoreWatch>(_log));
        watch.Start();

        Assert.False(watch.IsWatching);
        Assert.Equal("unreachable", watch.State); // nobody has reached for it yet
    }

    private Task<Outcome> WriteAsync() => _connection.WriteAsync(new Batch(DeliveryRoom.Table, DeliveryRoom.Lines("a"), 1), isBacklog: false, CancellationToken.None);

    private void Sees(params (string Table, TableLook Look)[] tables) => _store.Look = _ => Task.FromResult(Look(tables));

    private static StoreLook Look(params (string Table, TableLook Look)[] tables) =>
        new() { Run = "one", Tables = tables.ToDictionary(table => table.Table, table => table.Look, StringComparer.Ordinal) };
}
