using System.Text;

namespace Collector.Pipe.Delivery;

/// <summary>One table's quarantine in short.</summary>
/// <param name="Rows">Null where the file is too large to be counted.</param>
/// <param name="Latest">The latest entries, newest first.</param>
public sealed record QuarantinedTable(string Table, long Bytes, long? Rows, IReadOnlyList<QuarantineEntry> Latest);

/// <summary>
/// Counts what is in quarantine and tells the latest reasons. A file is read once, and from then on only what is added to it.
/// Thread-safe.
/// </summary>
public sealed class QuarantineDigest(string directory)
{
    /// <summary>Entries of a table that are told.</summary>
    private const int Told = 5;

    /// <summary>A longer addition is not counted: nobody waits for it.</summary>
    private const long LongestRead = 256 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Progress> _files = new(StringComparer.Ordinal);

    /// <summary>Every table that has bad rows, by name. One whose file cannot be read now is left out.</summary>
    public IReadOnlyList<QuarantinedTable> Look()
    {
        lock (_gate)
        {
            return [.. QuarantineFile.Tables(directory).Select(Look).OfType<QuarantinedTable>()];
        }
    }

    private QuarantinedTable? Look(string table)
    {
        string path = QuarantineFile.PathOf(directory, table);
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || file.Length == 0)
            {
                _files.Remove(table);
                return null;
            }

            // A file that was rewritten is another one: it was made later.
            if (!_files.TryGetValue(table, out Progress? progress) || file.Length < progress.Bytes || file.CreationTimeUtc != progress.Made)
            {
                _files[table] = progress = new Progress(file.CreationTimeUtc);
            }

            progress.ReadOn(path, file.Length);
            return new QuarantinedTable(table, file.Length, progress.Rows, [.. progress.Latest.Reverse()]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed class Progress(DateTime made)
    {
        public DateTime Made => made;

        public long Bytes { get; private set; }

        public long? Rows { get; private set; } = 0;

        /// <summary>Without their rows.</summary>
        public Queue<QuarantineEntry> Latest { get; } = new();

        public void ReadOn(string path, long length)
        {
            if (length - Bytes > LongestRead)
            {
                (Rows, Bytes) = (null, length);
                return;
            }

            if (length == Bytes)
            {
                return;
            }

            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Position = Bytes;
            var line = new MemoryStream();
            byte[] added = new byte[Math.Min(length - Bytes, 64 * 1024)];
            for (long left = length - Bytes; left > 0 && file.Read(added, 0, (int)Math.Min(added.Length, left)) is > 0 and int read; left -= read)
            {
                Take(added.AsSpan(0, read), line); // what is behind the last newline is still being written
            }
        }

        private void Take(ReadOnlySpan<byte> bytes, MemoryStream line)
        {
            while (bytes.IndexOf((byte)'\n') is >= 0 and int end)
            {
                line.Write(bytes[..end]);
                bytes = bytes[(end + 1)..];
                Bytes += line.Length + 1;
                if (line.Length > 0 && QuarantineEntry.Parse(Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length)) is { } entry)
                {
                    Rows += entry.Rows;
                    Latest.Enqueue(entry with { Bytes = [], Line = "" });
                    if (Latest.Count > Told)
                    {
                        Latest.Dequeue();
                    }
                }

                line.SetLength(0);
            }

            line.Write(bytes);
        }
    }
}
