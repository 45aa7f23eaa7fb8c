using Microsoft.Extensions.Hosting;

namespace Demo;

/// <summary>Lets the simulation go on by the clock, and its venues and daemons know when it ends.</summary>
internal sealed class SimulationLoop(Simulation simulation) : BackgroundService
{
    /// <summary>At 3600 hours an hour events come faster than timers: they are taken together.</summary>
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(2);

    /// <summary>What ended it, unless it was told to.</summary>
    public Exception? Fault { get; private set; }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        simulation.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        SimulationClock clock = simulation.Clock;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                TimeSpan wait = simulation.AdvanceTo(clock.Elapsed) - clock.Elapsed;
                await Task.Delay(wait > ShortestWait ? wait : ShortestWait, clock.Time, stoppingToken);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Fault = exception;
            throw;
        }
    }
}
