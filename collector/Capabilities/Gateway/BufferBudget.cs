namespace Collector.Capabilities.Gateway;

/// <summary>The bytes that all requests together may hold. Thread-safe.</summary>
public sealed class BufferBudget(long limit)
{
    private long _taken;

    public long Taken => Interlocked.Read(ref _taken);

    /// <returns>False when they are not there; then none were taken.</returns>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= limit)
        {
            return true;
        }

        Give(bytes);
        return false;
    }

    public void Give(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
