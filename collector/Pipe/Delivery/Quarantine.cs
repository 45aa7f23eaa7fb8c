using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Collector.Lines;
using Collector.Settings.Logging;
using Microsoft.Extensions.Logging;

namespace Collector.Pipe.Delivery;

/// <summary>A bad row, with all that is known of it.</summary>
/// <param name="Record">The spool record it came in; with <paramref name="Row"/> its name, so that a crash cannot double it.</param>
public sealed record QuarantinedRow(
    string Table, ulong Record, int Row, DateTimeOffset Time, string Reason, string? ErrorId, ReadOnlyMemory<byte> Line);

/// <summary>
/// Bad rows, each a <see cref="QuarantineEntry"/> in <c>&lt;dir&gt;/&lt;table&gt;.jsonl</c>; those of no table that there is in
/// <c>~unknown.jsonl</c>, a name that no table can have.
/// </summary>
/// <param name="directory">Where; made when it is missing.</param>
/// <param name="options">Its bounds.</param>
/// <param name="clock">Tells how old a row is.</param>
/// <param name="logger">Is told of rows kept and lost.</param>
/// <param name="sync">As <see cref="QuarantineAppend"/> has it.</param>
public sealed partial class Quarantine(string directory, QuarantineOptions options, TimeProvider clock, ILogger<Quarantine> logger, Action<string>? sync = null)
{
    /// <summary>The folder within <c>data_dir</c>.</summary>
    public const string Folder = "quarantine";

    private readonly ConcurrentDictionary<string, HashSet<(ulong Record, int Row, int Content)>> _kept = new(StringComparer.Ordinal);
    private readonly RepeatedLog _keptLog = new(clock);
    private readonly RepeatedLog _lostLog = new(clock);
    private readonly Lock _gate = new();
    private long _bytes = Directory.Exists(directory) ? new DirectoryInfo(directory).EnumerateFiles("*.jsonl").Sum(file => file.Length) : 0;

    /// <summary>Bytes of all files.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>As <see cref="Keep"/>, for a disk that refuses.</summary>
    /// <param name="row">The bad row.</param>
    /// <param name="isKept">False when there is no room for it: the row is lost, and the caller counts it.</param>
    /// <param name="error">Why the file cannot be written.</param>
    /// <returns>False when the file cannot be written; it may be tried again.</returns>
    public bool TryKeep(QuarantinedRow row, out bool isKept, [NotNullWhen(false)] out string? error)
    {
        try
        {
            isKept = Keep(row);
            error = null;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            isKept = false;
            error = exception.Message;
            return false;
        }
    }

    /// <summary>Keeps a row on disk. A row that is kept already, from before a crash, is not kept twice.</summary>
    /// <returns>False when there is no room for it: the row is lost, and the caller counts it.</returns>
    public bool Keep(QuarantinedRow row)
    {
        (ulong, int, int) name = Name(row.Record, row.Row, row.Line.Span);
        byte[] entry = QuarantineEntry.Of(row).ToBytes();
        string path = PathOf(row.Table);
        lock (_gate)
        {
            HashSet<(ulong Record, int Row, int Content)> kept = _kept.GetOrAdd(row.Table, static (_, path) => Names(path), path);
            if (kept.Contains(name))
            {
                return true;
            }

            if (_bytes + entry.Length > options.MaxBytes.Bytes)
            {
                TellLost(row.Table, $"the quarantine is full ({options.MaxBytes})", row.Reason);
                return false;
            }

            using var file = new QuarantineAppend(directory, row.Table, sync);
            file.Write(entry);
            _bytes += file.Flush();
            kept.Add(name);
        }

        if (_keptLog.IsDue())
        {
            LogKept(row.Table, row.Reason, path);
        }

        return true;
    }

    /// <summary>
    /// Keeps rows that were refused at the edge, within their share of the room (<see cref="QuarantineOptions.MaxBytes"/>).
    /// They have no number that could tell a second one of them; equal ones of one call share an entry.
    /// </summary>
    /// <param name="rows">The refused rows.</param>
    /// <param name="time">When they were refused.</param>
    /// <param name="replay">The name of the replay that brought them; null for new ones.</param>
    /// <returns>How many lines of them are on disk, each as often as it came.</returns>
    public int KeepRefused(IReadOnlyList<RefusedRow> rows, DateTimeOffset time, string? replay = null)
    {
        int kept = 0;
        lock (_gate)
        {
            foreach (IGrouping<string, RefusedRow> table in rows.GroupBy(row => row.Table?.Name ?? "~unknown", StringComparer.Ordinal))
            {
                kept += KeepRefused(table.Key, table, time, replay);
            }
        }

        return kept;
    }

    private int KeepRefused(string table, IEnumerable<RefusedRow> rows, DateTimeOffset time, string? replay)
    {
        long room = RoomOf(QuarantineFile.Bytes(directory, table));
        int kept = 0;
        try
        {
            using var file = new QuarantineAppend(directory, table, sync);
            foreach (IGrouping<RefusedRow, RefusedRow> alike in rows.GroupBy(row => row, AlikeRows.Instance))
            {
                int times = alike.Sum(row => row.Times);
                byte[] entry = QuarantineEntry.Of(alike.Key, times, time, replay).ToBytes();
                if (entry.Length > room)
                {
                    TellLost(table, $"refused rows may fill half of the quarantine ({options.MaxBytes}), those of one table half of what the others leave, and the rest is for accepted rows", alike.Key.Fault.Message);
                    continue;
                }

                file.Write(entry);
                room -= entry.Length;
                kept += times;
            }

            _bytes += file.Flush();
            return kept;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            TellLost(table, $"the quarantine cannot be written: {exception.Message}", $"{kept} rows");
            return 0;
        }
    }

    /// <summary>
    /// Bytes that refused rows of a table find: half of what other tables leave of their half. However many tables are
    /// flooded, there is room for the first bad row of the next one.
    /// </summary>
    private long RoomOf(long own) => (((options.MaxBytes.Bytes / 2) - (_bytes - own)) / 2) - own;

    private string PathOf(string table) => QuarantineFile.PathOf(directory, table);

    private void TellLost(string table, string why, string reason)
    {
        if (_lostLog.IsDue())
        {
            LogLost(table, reason, why);
        }
    }

    /// <summary>
    /// A row's name. Its content is part of it: a spool that was begun anew gives the same numbers to other rows. The hash
    /// holds within this process, and names are made anew from the file at each start.
    /// </summary>
    private static (ulong Record, int Row, int Content) Name(ulong record, int row, ReadOnlySpan<byte> line)
    {
        var content = default(HashCode);
        content.AddBytes(line);
        return (record, row, content.ToHashCode());
    }

    /// <summary>The names of the rows in a file. A line that a crash cut off names none, and its row is kept again; the line stays for people to see.</summary>
    private static HashSet<(ulong Record, int Row, int Content)> Names(string path)
    {
        var names = new HashSet<(ulong Record, int Row, int Content)>();
        foreach (string line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            if (QuarantineEntry.Parse(line) is { Record: { } record, Row: { } row } entry)
            {
                names.Add(Name(record, row, entry.Bytes));
            }
        }

        return names;
    }

    [LoggerMessage(3009, LogLevel.Warning, "A bad row of {Table} is set aside in {File}: {Reason}. Once it is mended, `collector spool replay` brings it back")]
    private partial void LogKept(string table, string reason, string file);

    [LoggerMessage(3010, LogLevel.Error, "A bad row of {Table} ({Reason}) is lost: {Why}. Replay or remove what the quarantine holds, or raise quarantine.max_bytes")]
    private partial void LogLost(string table, string reason, string why);

    [LoggerMessage(3011, LogLevel.Warning, "{Rows} bad rows of {Table} left the quarantine: they are older than {MaxAge}. To keep them longer, raise quarantine.max_age")]
    private partial void LogOld(long rows, string table, TimeSpan maxAge);

    [LoggerMessage(3012, LogLevel.Warning, "Old rows of {Table} cannot leave the quarantine: {Error}. Check who owns its folder, and the disk")]
    private partial void LogStuck(string table, string error);
}
