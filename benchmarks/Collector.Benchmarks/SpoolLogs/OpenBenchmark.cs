using System.Diagnostics;
using Collector.Benchmarks.Lines;
using Collector.Benchmarks.Pipe;
using Collector.Benchmarks.Support;
using Collector.Pipe.Spool;
using Collector.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.Benchmarks.SpoolLogs;

/// <summary>Opening a large spool, as it is left by a collector that was killed in the middle of a backlog.</summary>
internal static class OpenBenchmark
{
    private const double Seconds = 5;

    public static async Task RunAsync(Arguments arguments)
    {
        long size = arguments.Number("megabytes", 10 * 1024) << 20;
        using var folder = new TemporaryFolder();
        long free = new DriveInfo(folder.Path).AvailableFreeSpace;
        if (free < size + (size / 4))
        {
            throw new InvalidOperationException($"A spool of {size >> 20} MiB needs a quarter more room than that; {folder.Path} has {free >> 20} MiB. Set TMPDIR, or --megabytes.");
        }

        var report = new Report("open", "Opening a large spool", arguments);
        long rows = await WriteAsync(folder, size);
        bool isCold = PageCache.TryEmpty();
        (TimeSpan first, long read, long pending) = Open(folder);
        (TimeSpan again, _, _) = Open(folder);
        if (pending != rows)
        {
            throw new InvalidOperationException($"{rows} rows were left in the spool, {pending} were found.");
        }

        string gigabytes = $"{size / 1024.0 / 1024 / 1024:0.##} GiB";
        report.Add(new Finding($"spool of {gigabytes}, time to open", $"{first.TotalSeconds:0.00} s ({(isCold ? "nothing of it cached" : "cached: dropping the cache needs root")}; again {again.TotalSeconds:0.00} s)", "", $"< {Seconds} s at 10 GiB", size >= 10L << 30 ? first.TotalSeconds < Seconds : null));
        report.Say($"{rows:n0} rows in records of 1,000, segments of {new SpoolOptions().SegmentBytes}, written by the spool itself, a part of one segment delivered, and copied as they stood while the log was open: the tail has no footer, the cursor says that it was not closed. Opening found all {pending:n0} pending rows and read {read / 1024.0 / 1024:0.0} MiB.");
        report.Write();
    }

    private static SpoolOptions Options(TemporaryFolder folder, string name = "spool") =>
        new() { Directory = folder.Sub(name), Fsync = FsyncMode.Os, MaxBytes = ByteSize.GiB(1024), MinFreeBytes = new ByteSize(0) };

    /// <summary>Leaves a spool that was not closed; returns the rows still to be delivered.</summary>
    private static async Task<long> WriteAsync(TemporaryFolder folder, long size)
    {
        byte[] lines = Trades.Encode(1000);
        using var spool = SpoolDirectory.Open(Options(folder, "written"), TimeProvider.System, NullLogger.Instance);
        SpoolLog log = spool.Log(TradeRows.Table.Name);
        while (spool.TotalBytes < size)
        {
            if ((await log.AppendAsync(lines, 1000)).Status != AppendStatus.Appended)
            {
                throw new InvalidOperationException("The spool took no more.");
            }
        }

        log.Complete(1, 20);
        Freeze(folder.Sub("written"), folder.Sub("spool"));
        return log.Counts().PendingRows;
    }

    /// <summary>
    /// What a kill leaves: the files under another name, as they are now. Linked where they change no more, copied where the
    /// log still writes (its last segment and the cursor).
    /// </summary>
    private static void Freeze(string from, string to)
    {
        foreach (string folder in Directory.GetDirectories(from))
        {
            string target = Path.Combine(to, Path.GetFileName(folder));
            Directory.CreateDirectory(target);
            string[] files = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
            string last = files.Last(file => file.EndsWith(".seg", StringComparison.Ordinal));
            foreach (string file in files)
            {
                string name = Path.Combine(target, Path.GetFileName(file));
                if (file == last || Path.GetExtension(file) != ".seg")
                {
                    File.Copy(file, name);
                }
                else
                {
                    File.Move(file, name);
                }
            }
        }
    }

    private static (TimeSpan Took, long Read, long Pending) Open(TemporaryFolder folder)
    {
        long before = BytesRead();
        long began = Stopwatch.GetTimestamp();
        using var spool = SpoolDirectory.Open(Options(folder), TimeProvider.System, NullLogger.Instance);
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        return (took, BytesRead() - before, spool.Logs.Sum(log => log.Counts().PendingRows));
    }

    /// <summary>Bytes that this process has read by system calls, from the cache or not.</summary>
    private static long BytesRead() => long.Parse(File.ReadLines("/proc/self/io").First().Split(' ')[1]);
}
