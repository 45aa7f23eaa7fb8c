using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Collector.Configuration;
using Microsoft.Extensions.Logging;

namespace Collector.Delivery;

/// <summary>Where bad rows are kept.</summary>
internal sealed record QuarantineOptions
{
    /// <summary>Bytes of all quarantine files. Default 64 MiB, from 0 (keep none) to 1 TiB; what comes beyond is counted and lost.</summary>
    [Between("0B", "1TiB")]
    public ByteSize MaxBytes { get; init; } = ByteSize.MiB(64);
}

/// <summary>A bad row, with all that is known of it.</summary>
/// <param name="Record">The spool record it came in; with <paramref name="Row"/> its name, so that a crash cannot double it.</param>
internal sealed record QuarantinedRow(
    string Table, ulong Record, int Row, DateTimeOffset Time, string Reason, string? ErrorId, ReadOnlyMemory<byte> Line);

/// <summary>
/// Bad rows, one JSON object a line in <c>&lt;dir&gt;/&lt;table&gt;.jsonl</c>: <c>record, row, time, reason, error_id</c> and the row
/// itself as <c>line</c> (text, for people) and <c>bytes</c> (base64, exact: a binary double is no text).
/// </summary>
internal sealed partial class Quarantine(string directory, QuarantineOptions options, ILogger<Quarantine> logger)
{
    private readonly ConcurrentDictionary<string, HashSet<(ulong Record, int Row, int Content)>> _kept = new(StringComparer.Ordinal);
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
        byte[] entry = JsonSerializer.SerializeToUtf8Bytes(
            new Entry(row.Record, row.Row, row.Time, row.Reason, row.ErrorId, Encoding.UTF8.GetString(row.Line.Span).TrimEnd('\n'), row.Line.ToArray()),
            QuarantineJson.Default.Entry);
        string path = Path.Combine(directory, Uri.EscapeDataString(row.Table) + ".jsonl");
        lock (_gate)
        {
            HashSet<(ulong Record, int Row, int Content)> kept = _kept.GetOrAdd(row.Table, static (_, path) => Names(path), path);
            if (kept.Contains(name))
            {
                return true;
            }

            if (_bytes + entry.Length + 1 > options.MaxBytes.Bytes)
            {
                LogFull(row.Table, row.Reason, options.MaxBytes.ToString());
                return false;
            }

            Directory.CreateDirectory(directory);
            _bytes += Append(path, entry);
            kept.Add(name);
        }

        LogKept(row.Table, row.Reason, path);
        return true;
    }

    /// <returns>The bytes that were added.</returns>
    private static long Append(string path, byte[] entry)
    {
        using FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        long before = file.Length;
        bool isTorn = before > 0;
        if (isTorn)
        {
            file.Position = before - 1;
            isTorn = file.ReadByte() != '\n';
        }

        // Behind a line that a crash or a full disk cut off begins a line of its own.
        file.Position = before;
        file.Write(isTorn ? [(byte)'\n', .. entry, (byte)'\n'] : [.. entry, (byte)'\n']);
        file.Flush(flushToDisk: true);
        return file.Length - before;
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

    /// <summary>The names of the rows in a file. A line that a crash cut off names none, and its row is kept again.</summary>
    private static HashSet<(ulong Record, int Row, int Content)> Names(string path)
    {
        var names = new HashSet<(ulong Record, int Row, int Content)>();
        foreach (string line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            try
            {
                if (JsonSerializer.Deserialize(line, QuarantineJson.Default.Entry) is { } entry)
                {
                    names.Add(Name(entry.Record, entry.Row, entry.Bytes));
                }
            }
            catch (JsonException)
            {
                // The torn line stays in the file for people to see.
            }
        }

        return names;
    }

    [LoggerMessage(40, LogLevel.Warning, "A bad row of {Table} is set aside in {File}: {Reason}")]
    private partial void LogKept(string table, string reason, string file);

    [LoggerMessage(41, LogLevel.Error, "A bad row of {Table} ({Reason}) is lost: the quarantine is full ({Limit}, quarantine.max_bytes)")]
    private partial void LogFull(string table, string reason, string limit);

    private sealed record Entry(ulong Record, int Row, DateTimeOffset Time, string Reason, string? ErrorId, string Line, byte[] Bytes);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(Entry))]
    private sealed partial class QuarantineJson : JsonSerializerContext;
}
