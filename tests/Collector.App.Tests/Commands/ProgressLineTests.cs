using Collector.App.Commands;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Tests.App.Commands;

public sealed class ProgressLineTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };

    public void Dispose() => _output.Dispose();

    [Fact]
    public void Tell_Piped_IsALineAfterTwoSecondsAndThenEveryTen()
    {
        using var progress = ProgressLine.OfRows(_output, isTerminal: false, _clock);
        progress.Begin("t", 10_000);
        for (int second = 1; second <= 12; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            progress.Tell(second * 500);
        }

        Assert.Equal("t: 1,000 of 10,000 rows, 500 rows/s, 18 s left\nt: 6,000 of 10,000 rows, 500 rows/s, 8 s left\n", _output.ToString());
    }

    [Fact]
    public void Tell_OnATerminal_MovesOneLineAndTakesItAway()
    {
        using var progress = ProgressLine.OfRows(_output, isTerminal: true, _clock);
        progress.Begin("t", 7_200_000);
        _clock.Advance(TimeSpan.FromSeconds(2));
        progress.Tell(2_000);
        progress.Clear();
        progress.Clear();

        string line = "t: 2,000 of 7,200,000 rows, 1,000 rows/s, 1 h 59 min left";
        Assert.Equal($"\r{line}\r{new string(' ', line.Length)}\r", _output.ToString());
    }

    [Fact]
    public void Advance_Bytes_AddsUpAndIsTakenAwayAtTheEnd()
    {
        using (ProgressLine progress = ProgressLine.OfBytes(_output, isTerminal: true, _clock).Begin("spool", 4 << 20))
        {
            progress.Advance(1 << 20);
            _clock.Advance(TimeSpan.FromSeconds(2));
            progress.Advance(1 << 20);
        }

        Assert.StartsWith("\rspool: 2.0 MiB of 4.0 MiB, 1.0 MiB/s, 2 s left\r ", _output.ToString(), StringComparison.Ordinal);
    }
}
