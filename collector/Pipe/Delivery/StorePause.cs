namespace Collector.Pipe.Delivery;

/// <summary>Time for which the store asked to be left alone. It means all tables, not the one whose batch it answered.</summary>
internal sealed class StorePause(TimeProvider clock)
{
    private volatile Asked? _asked;

    /// <summary>Why to wait, and how long still; null when nothing is asked for.</summary>
    public Outcome.Retry? Remaining
    {
        get
        {
            if (_asked is not { } asked)
            {
                return null;
            }

            TimeSpan left = asked.Length - clock.GetElapsedTime(asked.Began);
            return left > TimeSpan.Zero ? new Outcome.Retry(asked.Problem, left) : null;
        }
    }

    /// <summary>Begins a pause if the answer asks for one.</summary>
    public void Heed(Outcome answer)
    {
        if (RetryDelay.Asked(answer) is var length && length > TimeSpan.Zero)
        {
            _asked = new Asked(clock.GetTimestamp(), length, answer.Problem!);
        }
    }

    private sealed record Asked(long Began, TimeSpan Length, string Problem);
}
