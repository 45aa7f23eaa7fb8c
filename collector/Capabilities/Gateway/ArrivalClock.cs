using System.Globalization;
using System.Text;
using Collector.Lines;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Collector.Capabilities.Gateway;

/// <summary>
/// Times for lines that bring none: microseconds that go up by one a line and are the clock's wherever it is ahead of them,
/// so that none is given twice, by this run or any before it, though the clock be set back. Thread-safe.
/// </summary>
/// <remarks>
/// The file holds a time as digits; none at or behind it was given. It is written before a time is given that would reach it,
/// a second ahead: a process that is killed leaves at most that second unused. It is not synced: after a power cut it may be
/// older, and the clock alone tells then.
/// </remarks>
public sealed partial class ArrivalClock(string path, TimeProvider clock, ILogger<ArrivalClock> logger) : IDisposable
{
    /// <summary>Within the data folder.</summary>
    public const string FileName = "arrival";

    private const int Digits = 19;
    private const long Reserve = 1_000_000;

    /// <summary>What a row's own time may be ahead as well.</summary>
    private static readonly long MostAhead = (long)LineLimits.Ahead.TotalMicroseconds;

    private readonly Lock _gate = new();
    private SafeFileHandle? _file;
    private long _next;
    private long _mark;

    /// <summary>Takes times in a row.</summary>
    /// <param name="first">The first of them; where there are none, when the next would be.</param>
    /// <returns>False while the next time is more than a minute ahead of the clock.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be opened.</exception>
    public bool TryTake(int count, out long first)
    {
        lock (_gate)
        {
            _file ??= Open();
            long now = TimeWindow.Micros(clock.GetUtcNow());
            first = Math.Max(now, _next);
            if (first > now + MostAhead)
            {
                return false;
            }

            if (first + count > _mark)
            {
                Write(first + count + Reserve);
            }

            _next = first + count;
            return true;
        }
    }

    /// <summary>Leaves no time unused.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_file is null)
            {
                return;
            }

            try
            {
                Write(_next);
            }
            catch (IOException)
            {
                // What stands there is later, and as good.
            }

            _file.Dispose();
            _file = null;
        }
    }

    private SafeFileHandle Open()
    {
        SafeFileHandle file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> text = stackalloc byte[Digits];
        int length = RandomAccess.Read(file, text, 0);
        if (long.TryParse(text[..length], NumberStyles.None, CultureInfo.InvariantCulture, out long mark))
        {
            _next = _mark = mark;
        }
        else if (length > 0)
        {
            LogUnreadable(path);
        }

        return file;
    }

    private void Write(long mark)
    {
        RandomAccess.Write(_file!, Encoding.ASCII.GetBytes(mark.ToString("D19", CultureInfo.InvariantCulture)), 0);
        _mark = mark;
    }

    [LoggerMessage(7007, LogLevel.Warning, "{File} holds no time and is begun anew; lines that bring no time get the clock's")]
    private partial void LogUnreadable(string file);
}
