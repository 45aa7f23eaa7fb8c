using System.Diagnostics;

namespace Collector.Testing;

/// <summary>Waits for what other threads do, by turns with them; gives up after a minute of real time.</summary>
internal static class Eventually
{
    public static async Task HoldsAsync(Func<bool> condition, Action? turn = null)
    {
        long began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(1), "it did not come about within a minute");
            turn?.Invoke();

            // Behind a few turns of the pool whatever the turn woke up has had its chance to run.
            await Task.Yield();
            Thread.Yield();
        }
    }
}
