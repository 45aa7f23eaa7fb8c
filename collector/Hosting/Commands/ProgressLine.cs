namespace Collector.Hosting.Commands;

/// <summary>How far a long work is: one line on a terminal's standard error, from the third second on; nothing anywhere else.</summary>
internal sealed class ProgressLine(TextWriter error, bool isTerminal, TimeProvider clock, long total) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly long _began = clock.GetTimestamp();
    private long _shownAt;
    private long _done;
    private bool _isShown;

    /// <param name="bytes">Read since the last call.</param>
    public void Advance(long bytes)
    {
        _done += bytes;
        if (!isTerminal || clock.GetElapsedTime(_began) < Patience || (_isShown && clock.GetElapsedTime(_shownAt) < Pause))
        {
            return;
        }

        (_isShown, _shownAt) = (true, clock.GetTimestamp());
        error.Write($"\r{TextTable.Size(_done)} of {TextTable.Size(total)}, {100.0 * _done / Math.Max(1, total):0} % ");
    }

    public void Dispose()
    {
        if (_isShown)
        {
            error.Write("\r\u001b[K");
        }
    }
}
