using System.Diagnostics.Metrics;
using Collector.Pipe.Delivery;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Tests.Pipe.Delivery;

public sealed class StoreConnectionTests : IDisposable
{
    private readonly Meter _meter = new("Collector.Tests");
    private readonly FakeTimeProvider _clock = new(DeliveryRoom.Start);
    private readonly RecordedLog _log = new();
    private readonly FakeStore _store;
    private readonly StoreConnection _connection;

    public StoreConnectionTests()
    {
        _store = new FakeStore(_clock);
        _connection = new StoreConnection(_store, new DeliveryOptions(), new DeliveryMetrics(_meter, _clock), _clock, new RecordedLog<StoreConnection>(_log));
    }

    public void Dispose()
    {
        _connection.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task Make_OneCannotBeMade_MakesTheOthersAndTellsOfIt()
    {
        _store.Prepare.Enqueue(new Outcome.Halted("no permission"));

        await _connection.MakeAsync([DeliveryRoom.Table, DeliveryRoom.Other], CancellationToken.None);

        Assert.Equal(["reach", "prepare t", "prepare other"], _store.Calls);
        Assert.Contains(_log.Messages, line => line.Contains("Table t cannot be made now: no permission", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Make_StoreGoesAwayMeanwhile_GoesOnWhenItIsBack()
    {
        _store.Reach.Enqueue(Outcome.Accepted.Instance);
        _store.Reach.Enqueue(new Outcome.Retry("still away"));
        _store.Prepare.Enqueue(Outcome.Accepted.Instance);
        _store.Prepare.Enqueue(new Outcome.Retry("gone"));

        Task making = _connection.MakeAsync([DeliveryRoom.Table, DeliveryRoom.Other], CancellationToken.None);
        await Eventually.HoldsAsync(() => making.IsCompleted, () => _clock.Advance(TimeSpan.FromSeconds(1)));

        Assert.Equal(["reach", "prepare t", "prepare other", "reach", "reach", "prepare other"], _store.Calls);
        Assert.DoesNotContain(_log.Messages, line => line.Contains("cannot be made", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Write_StoreLostAgainInTheMomentItIsReached_IsNotTakenForAccepted()
    {
        // Another request fails just then: it is sent from within the line of the log that says that the store is there.
        var log = new CallingLog();
        using var connection = new StoreConnection(_store, new DeliveryOptions(), new DeliveryMetrics(_meter, _clock), _clock, log);
        _store.Script.Enqueue(new Outcome.Retry("gone"));
        log.OnLine = () => Assert.True(connection.WriteAsync(Batch(), false, CancellationToken.None).IsCompleted);

        Outcome outcome = await connection.WriteAsync(Batch(), false, CancellationToken.None);

        Assert.Equal(outcome is Outcome.Accepted ? 2 : 1, _store.Sent.Count);
    }

    [Fact]
    public async Task Make_CollectorStops_Ends()
    {
        _store.Prepare.Enqueue(new Outcome.Retry("gone"));
        using var stopping = new CancellationTokenSource();
        Task making = _connection.MakeAsync([DeliveryRoom.Table], stopping.Token);

        await stopping.CancelAsync();
        await making;

        Assert.Equal(["reach", "prepare t"], _store.Calls);
    }

    [Fact]
    public async Task Forget_TableThatWasPrepared_IsPreparedOnceMore()
    {
        await _connection.WriteAsync(Batch(), false, CancellationToken.None);
        _connection.Forget(DeliveryRoom.Table);
        _connection.Forget(DeliveryRoom.Other);
        await _connection.WriteAsync(Batch(), false, CancellationToken.None);
        await _connection.WriteAsync(Batch(), false, CancellationToken.None);

        Assert.Equal(["reach", "prepare t", "write t", "prepare t", "write t", "write t"], _store.Calls);
    }

    /// <summary>The look saw it gone, and the preparation under way may have asked before that.</summary>
    [Fact]
    public async Task Forget_WhileTheTableIsPrepared_IsPreparedOnceMore()
    {
        _store.OnPrepare = table =>
        {
            _store.OnPrepare = _ => { };
            _connection.Forget(table);
        };
        await _connection.WriteAsync(Batch(), false, CancellationToken.None);
        await _connection.WriteAsync(Batch(), false, CancellationToken.None);
        await _connection.WriteAsync(Batch(), false, CancellationToken.None);

        Assert.Equal(["reach", "prepare t", "write t", "prepare t", "write t", "write t"], _store.Calls);
    }

    private static Batch Batch() => new(DeliveryRoom.Table, DeliveryRoom.Lines("a"), 1);

    /// <summary>Does something within the first line that is written.</summary>
    private sealed class CallingLog : ILogger<StoreConnection>
    {
        public Action? OnLine { get; set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            (Action? call, OnLine) = (OnLine, null);
            call?.Invoke();
        }
    }
}
