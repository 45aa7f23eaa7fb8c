namespace Collector.Sources.Running;

/// <summary>
/// How long a source is left alone after faults of its own in a row: 1 s, doubled each time up to 60 s, of which the latter
/// half is drawn, so that sources which fell together do not rise together.
/// </summary>
internal sealed class CrashPause(Random random)
{
    private const int MostDoublings = 6;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private int _crashes;

    /// <summary>The pause from now on; zero after a reading without such a fault.</summary>
    public TimeSpan Length { get; private set; }

    public void Reset() => (_crashes, Length) = (0, TimeSpan.Zero);

    public void Lengthen()
    {
        double seconds = Math.Min(Longest.TotalSeconds, 1 << Math.Min(_crashes++, MostDoublings));
#pragma warning disable CA5394 // Spread, not secrecy.
        Length = TimeSpan.FromSeconds(seconds * (0.5 + (random.NextDouble() / 2)));
#pragma warning restore CA5394
    }
}
