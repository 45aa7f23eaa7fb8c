using System.Runtime.CompilerServices;
using System.Text;
using Collector.Pipe.Spool;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Win32.SafeHandles;

namespace Collector.Testing;

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

    /// <summary>Writes longer than this fail: with the header's size a segment is begun, and its first record fails.</summary>
    public int FailsAbove { get; set; } = int.MaxValue;

    public bool FailsSetLength { get; set; }

    public bool FailsSync { get; set; }

    /// <summary>Bytes of which files the disk has lost: told a path and a range, true where a part of it cannot be read.</summary>
    public Func<string, long, long, bool> Loses { get; set; } = static (_, _, _) => false;

    /// <summary>The disk opens none of these files, which is damage of its directory.</summary>
    public Func<string, bool> LosesFile { get; set; } = static _ => false;

    /// <summary>The errno with which files are neither opened nor read; 0: they are.</summary>
    public int RefusesReads { get; set; }

    /// <summary>So many syncs of folders fail.</summary>
    public int FailsDirectories { get; set; }

    /// <summary>Folders that were synced, in order.</summary>
    public List<string> SyncedDirectories { get; } = [];

    public long Free { get; set; } = long.MaxValue;

    public int Syncs { get; private set; }

    public Action? BeforeSync { get; set; }

    private readonly ConditionalWeakTable<SafeFileHandle, string> _paths = [];

    public void Heal()
    {
        Loses = static (_, _, _) => false;
        LosesFile = static _ => false;
        RefusesReads = 0;
        FailsWrites = false;
        FailsAbove = int.MaxValue;
        FailsSetLength = false;
        FailsSync = false;
        FailsDirectories = 0;
        BeforeSync = null;
    }

    /// <summary>Loses bytes of a file, 4 KiB at the least; a sound copy that takes its name has them.</summary>
    public void Lose(string path, long offset, long length = 4096)
    {
        int aside = SetAside();
        Loses = (file, from, end) => file == path && from < offset + length && end > offset && SetAside() == aside;

        int SetAside() => Directory.GetFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + "*" + SegmentFormat.CorruptExtension).Length;
    }

    public override SafeFileHandle OpenRead(string path)
    {
        ThrowIf(LosesFile(path), 5);
        ThrowIf(RefusesReads != 0, RefusesReads);
        SafeFileHandle file = base.OpenRead(path);
        _paths.Add(file, path);
        return file;
    }

    public override int Read(SafeFileHandle file, Span<byte> into, long offset)
    {
        ThrowIf(RefusesReads != 0, RefusesReads);
        ThrowIf(Loses(_paths.TryGetValue(file, out string? path) ? path : SpoolCursor.FileName, offset, offset + into.Length), 5);
        return base.Read(file, into, offset);
    }

    /// <summary>A disk that is full in the middle of a write keeps the first half.</summary>
    public override void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        bool fails = FailsWrites || bytes.Length > FailsAbove;
        base.Write(file, fails ? bytes[..(bytes.Length / 2)] : bytes, offset);
        ThrowIf(fails, "No space left on device");
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

    private static void ThrowIf(bool fails, int errno)
    {
        if (fails)
        {
            throw errno == 13 ? new UnauthorizedAccessException("Permission denied") : new IOException($"errno {errno}", errno);
        }
    }

    private static void ThrowIf(bool fails, string message)
    {
        if (fails)
        {
            throw new IOException(message);
        }
    }
}
