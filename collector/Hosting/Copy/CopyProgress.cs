using System.Globalization;

namespace Collector.Hosting.Copy;

/// <summary>How far a copy is: silent for the first 2 s, then a line that moves on a terminal, and one every 10 s elsewhere.</summary>
internal sealed class CopyProgress(TextWriter output, bool isTerminal, TimeProvider clock)
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TerminalPace = TimeSpan.FromMilliseconds(500);

    private string _table = "";
    private long _total;
    private long _began;
    private long? _told;
    private int _shown;

    public void Begin(string table, long total) => (_table, _total, _began, _told) = (table, total, clock.GetTimestamp(), null);

    /// <param name="done">Rows of the table that have been read so far.</param>
    public void Tell(long done)
    {
        TimeSpan elapsed = clock.GetElapsedTime(_began);
        if (elapsed < Silence || (_told is { } told && clock.GetElapsedTime(told) < (isTerminal ? TerminalPace : Pace)))
        {
            return;
        }

        _told = clock.GetTimestamp();
        double rate = done / elapsed.TotalSeconds;
        string left = rate > 0 ? $", {Shown(TimeSpan.FromSeconds(Math.Max(0, _total - done) / rate))} left" : "";
        Write(string.Create(CultureInfo.InvariantCulture, $"{_table}: {done:N0} of {_total:N0} rows, {rate:N0} rows/s{left}"));
    }

    /// <summary>Takes the moving line away, for one that stays.</summary>
    public void Clear()
    {
        if (_shown > 0)
        {
            output.Write($"\r{new string(' ', _shown)}\r");
            _shown = 0;
        }
    }

    private void Write(string line)
    {
        if (!isTerminal)
        {
            output.WriteLine(line);
            return;
        }

        output.Write($"\r{line.PadRight(_shown)}");
        _shown = line.Length;
    }

    private static string Shown(TimeSpan time) => time switch
    {
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds)} s"),
    };
}
