using System.Collections.Concurrent;
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
    private readonly ConcurrentDictionary<string, HashSet<(ulong, int)>> _kept = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long _bytes = Directory.Exists(directory) ? new DirectoryInfo(directory).EnumerateFiles("*.jsonl").Sum(file => file.Length) : 0;

    /// <summary>Bytes of all files.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Keeps a row on disk. A row that is kept already, from before a crash, is not kept twice.</summary>
    /// <returns>False when there is no room for it: the row is lost, and the caller counts it.</returns>
    public bool Keep(QuarantinedRow row)
    {
        byte[] entry = JsonSerializer.SerializeToUtf8Bytes(
            new Entry(row.Record, row.Row, row.Time, row.Reason, row.ErrorId, Encoding.UTF8.GetString(row.Line.Span).TrimEnd('\n'), row.Line.ToArray()),
            QuarantineJson.Default.Entry);
        string path = Path.Combine(directory, Uri.EscapeDataString(row.Table) + ".jsonl");
        lock (_gate)
        {
            HashSet<(ulong, int)> kept = _kept.GetOrAdd(row.Table, static (_, path) => Names(path), path);
            if (kept.Contains((row.Record, row.Row)))
            {
                return true;
            }

            if (_bytes + entry.Length + 1 > options.MaxBytes.Bytes)
            {
                LogFull(row.Table, row.Reason, options.MaxBytes.ToString());
                return false;
            }

            Directory.CreateDirectory(directory);
            using FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.Read);
            file.Write([.. entry, (byte)'\n']);
            file.Flush(flushToDisk: true);
            _bytes += entry.Length + 1;
            kept.Add((row.Record, row.Row));
        }

        LogKept(row.Table, row.Reason, path);
        return true;
    }

    /// <summary>The names of the rows in a file. A line that a crash cut off names none, and its row is kept again.</summary>
    private static HashSet<(ulong, int)> Names(string path)
    {
        var names = new HashSet<(ulong, int)>();
        foreach (string line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            try
            {
                if (JsonSerializer.Deserialize(line, QuarantineJson.Default.Entry) is { } entry)
                {
                    names.Add((entry.Record, entry.Row));
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
