using Microsoft.Extensions.Hosting;

namespace Demo;

/// <summary>Lets the events happen when they are due: <see cref="DemoOptions.Speed"/> hours of them in an hour.</summary>
internal sealed class DaemonLoop(DaemonStatus status, DaemonProfile profile, DemoOptions options, TimeProvider time)
    : BackgroundService
{
    private readonly IEnumerator<DaemonEvent> _events = Started(DaemonEvents.Stream(profile, options.Seed));

    /// <summary>Lets everything happen that is due at this time since the start; returns when the next is.</summary>
    public TimeSpan AdvanceTo(TimeSpan elapsed)
    {
        while (_events.Current.At / options.Speed <= elapsed)
        {
            status.Apply(_events.Current);
            _events.MoveNext();
        }

        return _events.Current.At / options.Speed;
    }

    public override void Dispose()
    {
        _events.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        status.SetRunning(true);
        long started = time.GetTimestamp();
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                TimeSpan due = AdvanceTo(time.GetElapsedTime(started));
                TimeSpan wait = due - time.GetElapsedTime(started);
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait, time, stoppingToken);
            }
        }
        finally
        {
            status.SetRunning(false);
        }
    }

    /// <summary>Stands on the first event; the stream has no end.</summary>
    private static IEnumerator<DaemonEvent> Started(IEnumerable<DaemonEvent> events)
    {
        IEnumerator<DaemonEvent> enumerator = events.GetEnumerator();
        enumerator.MoveNext();
        return enumerator;
    }
}
