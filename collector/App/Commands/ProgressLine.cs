using System.Globalization;

namespace Collector.App.Commands;

/// <summary>How far a long work is: silent for the first 2 s, then a line that moves on a terminal, and one every 10 s elsewhere.</summary>
/// <param name="shown">Writes an amount: rows or bytes.</param>
/// <param name="unit">What stands behind an amount, with a space before it; empty where <paramref name="shown"/> names it.</param>
internal sealed class ProgressLine(TextWriter output, bool isTerminal, TimeProvider clock, Func<long, string> shown, string unit) : IDisposable
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TerminalPace = TimeSpan.FromMilliseconds(500);

    private string _what = "";
    private long _total;
    private long _done;
    private long _began;
    private long? _told;
    private int _shown;

    public static ProgressLine OfRows(TextWriter output, bool isTerminal, TimeProvider clock) =>
        new(output, isTerminal, clock, rows => rows.ToString("N0", CultureInfo.InvariantCulture), " rows");

    public static ProgressLine OfBytes(TextWriter output, bool isTerminal, TimeProvider clock) => new(output, isTerminal, clock, TextTable.Size, "");

    /// <param name="what">What is worked on: a table.</param>
    public ProgressLine Begin(string what, long total)
    {
        (_what, _total, _done, _began, _told) = (what, total, 0, clock.GetTimestamp(), null);
        return this;
    }

    /// <param name="more">Done since the last call.</param>
    public void Advance(long more) => Tell(_done + more);

    /// <param name="done">Done since the beginning.</param>
    public void Tell(long done)
    {
        _done = done;
        TimeSpan elapsed = clock.GetElapsedTime(_began);
        if (elapsed < Silence || (_told is { } told && clock.GetElapsedTime(told) < (isTerminal ? TerminalPace : Pace)))
        {
            return;
        }

        _told = clock.GetTimestamp();
        double rate = done / elapsed.TotalSeconds;
        string left = rate > 0 ? $", {Left(TimeSpan.FromSeconds(Math.Max(0, _total - done) / rate))} left" : "";
        Write($"{_what}: {shown(done)} of {shown(_total)}{unit}, {shown((long)Math.Round(rate))}{unit}/s{left}");
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

    public void Dispose() => Clear();

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

    private static string Left(TimeSpan time) => time switch
    {
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds)} s"),
    };
}
