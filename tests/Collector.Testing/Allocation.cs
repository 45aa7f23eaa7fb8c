namespace Collector.Testing;

internal static class Allocation
{
    /// <summary>
    /// The bytes that <paramref name="action"/> allocates on this thread, by the least of several runs: a collection that
    /// another test sets off meanwhile adds the rest of this thread's allocation buffer to what is counted.
    /// </summary>
    public static long Least(Action action)
    {
        action();
        long least = long.MaxValue;
        for (int run = 0; run < 10 && least > 0; run++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
