using System.Text;
using Collector.Delivery.Spool;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Win32.SafeHandles;

namespace Collector.Tests.Delivery.Spool;

/// <summary>A spool in a directory of its own under the system's temporary one.</summary>
internal sealed class SpoolFixture : IDisposable
{
    private readonly List<SpoolDirectory> _opened = [];

    public string Root { get; } = Path.Combine(Path.GetTempPath(), "collector-spool-" + Guid.NewGuid().ToString("N"));

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public FaultyDisk Disk { get; } = new();

    public SpoolOptions Options { get; set; } = new() { MinFreeBytes = new(0) };

    public string LogFolder => Path.Combine(Root, "trades");

    public SpoolDirectory Open() => Open(Root);

    public SpoolDirectory Open(string directory)
    {
        var spool = SpoolDirectory.Open(Options with { Directory = directory }, Time, NullLogger.Instance, Disk);
        _opened.Add(spool);
        return spool;
    }

    /// <summary>What a killed process would leave: the files as they are now, opened elsewhere.</summary>
    public SpoolDirectory OpenAsAfterKill(out string directory)
    {
        directory = Path.Combine(Root + "-copies", Guid.NewGuid().ToString("N"));
        Copy(Root, directory);
        return Open(directory);
    }

    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string folder in Directory.GetDirectories(from))
        {
            string target = Path.Combine(to, Path.GetFileName(folder));
            Directory.CreateDirectory(target);
            foreach (string file in Directory.GetFiles(folder))
            {
                File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
            }
        }
    }

    public string[] Segments() => Segments(LogFolder);

    public static string[] Segments(string folder)
    {
        string[] files = Directory.GetFiles(folder, "*.seg");
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    public static byte[] Lines(int rows, char mark = 'a', int width = 20)
    {
        var text = new StringBuilder();
        for (int i = 0; i < rows; i++)
        {
            text.Append("trades v=").Append(mark).Append(i.ToString().PadLeft(width, '0')).Append('\n');
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    public static ulong Append(SpoolLog log, int rows = 1, char mark = 'a', int width = 20)
    {
        AppendResult result = TryAppend(log, Lines(rows, mark, width), rows);
        Assert.Equal(AppendStatus.Appended, result.Status);
        return result.RecordId;
    }

    /// <summary>An append that has nothing to wait for: any mode but <see cref="FsyncMode.Always"/>.</summary>
    public static AppendResult TryAppend(SpoolLog log, byte[] lines, int rows)
    {
        ValueTask<AppendResult> append = log.AppendAsync(lines, rows);
        return append.IsCompletedSuccessfully ? append.Result : throw new InvalidOperationException("it waits");
    }

    /// <summary>Everything a new reader hands out, record by record.</summary>
    public static List<(ulong Id, int Rows, string Lines)> ReadAll(SpoolLog log)
    {
        var found = new List<(ulong Id, int Rows, string Lines)>();
        using SpoolReader reader = log.OpenReader();
        var batch = new SpoolBatch();
        while (reader.Read(batch, 100, 1 << 20))
        {
            for (int i = 0; i < batch.Records.Length; i++)
            {
                int end = i + 1 < batch.Records.Length ? batch.Records[i + 1].Offset : batch.Lines.Length;
                ReadOnlyMemory<byte> lines = batch.Lines[batch.Records[i].Offset..end];
                found.Add((batch.Records[i].Id, batch.Records[i].Rows, Encoding.ASCII.GetString(lines.Span)));
            }
        }

        return found;
    }

    public static ulong[] Ids(SpoolLog log) => [.. ReadAll(log).Select(static r => r.Id)];

    public void Dispose()
    {
        Disk.Heal();
        foreach (SpoolDirectory spool in _opened)
        {
            spool.Dispose();
        }

        foreach (string directory in new[] { Root, Root + "-copies" })
        {
            if (Directory.Exists(directory))
            {
                Directory.Delete(directory, recursive: true);
            }
        }
    }
}

/// <summary>A disk that fails when it is told to.</summary>
internal sealed class FaultyDisk : SpoolDisk
{
    public bool FailsWrites { get; set; }

    public bool FailsSetLength { get; set; }

    public bool FailsSync { get; set; }

    /// <summary>So many syncs of folders fail.</summary>
    public int FailsDirectories { get; set; }

    /// <summary>Folders that were synced, in order.</summary>
    public List<string> SyncedDirectories { get; } = [];

    public long Free { get; set; } = long.MaxValue;

    public int Syncs { get; private set; }

    public Action? BeforeSync { get; set; }

    public void Heal()
    {
        FailsWrites = false;
        FailsSetLength = false;
        FailsSync = false;
        FailsDirectories = 0;
        BeforeSync = null;
    }

    /// <summary>A disk that is full in the middle of a write keeps the first half.</summary>
    public override void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        base.Write(file, FailsWrites ? bytes[..(bytes.Length / 2)] : bytes, offset);
        ThrowIf(FailsWrites, "No space left on device");
    }

    public override void Write(SafeFileHandle file, IReadOnlyList<ReadOnlyMemory<byte>> parts, long offset)
    {
        base.Write(file, FailsWrites ? [parts[0]] : parts, offset);
        ThrowIf(FailsWrites, "No space left on device");
    }

    public override void SetLength(SafeFileHandle file, long length)
    {
        ThrowIf(FailsSetLength, "Input/output error");
        base.SetLength(file, length);
    }

    public override void Sync(SafeFileHandle file)
    {
        Syncs++;
        BeforeSync?.Invoke();
        ThrowIf(FailsSync, "Input/output error");
        base.Sync(file);
    }

    public override void SyncDirectory(string directory)
    {
        ThrowIf(FailsDirectories-- > 0, "Too many open files");
        SyncedDirectories.Add(directory);
        base.SyncDirectory(directory);
    }

    public override long FreeBytes(string directory) => Free;

    private static void ThrowIf(bool fails, string message)
    {
        if (fails)
        {
            throw new IOException(message);
        }
    }
}
