using Collector.Benchmarks.Lines;
using Collector.Benchmarks.Pipe;
using Collector.Benchmarks.Support;
using Collector.Pipe.Spool;
using Collector.Settings;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;

namespace Collector.Benchmarks.SpoolLogs;

/// <summary>Appending to the spool, in each mode of syncing, beside a bare write of the same bytes.</summary>
internal sealed class AppendBenchmark(Arguments arguments, Report report)
{
    private const int Most = 1000;

    private readonly byte[] _lines = Trades.Encode(Most);
    private readonly List<string[]> _rows = [];

    public static async Task RunAsync(Arguments arguments)
    {
        var report = new Report("append", "Appending to the spool", arguments);
        await new AppendBenchmark(arguments, report).RunAsync();
        report.Write();
    }

    private async Task RunAsync()
    {
        long bytes = arguments.Number("megabytes", 256) << 20;
        await OfModeAsync(FsyncMode.Os, 1, 1000, bytes / 8); // compiled by now
        foreach (FsyncMode mode in Enum.GetValues<FsyncMode>())
        {
            foreach (int rows in new[] { 1, 100, Most })
            {
                // A sync takes milliseconds: as many as can be waited for.
                long size = mode == FsyncMode.Always ? Math.Min(bytes, 200L * rows * TradeRows.RowBytes) : bytes * (rows == 1 ? 1 : 4) / 4;
                Measured bare = Bare(mode == FsyncMode.Always, rows, size);
                Measured one = await OfModeAsync(mode, 1, rows, size);
                Measured eight = await OfModeAsync(mode, 8, rows, mode == FsyncMode.Always ? size * 8 : size);
                Tell(mode, rows, bare, one, eight);
            }
        }

        report.Say("Records of as many rows of 146 bytes, one log. The bare write puts the same bytes into one file with one call each, and syncs after each where the mode is `always`. With eight writers the appends that wait together share a sync.");
        report.Table(
            ["fsync", "rows a record", "bare write, time a row", "1 writer, time a row", "processor time a row", "allocated a record", "8 writers, time a row", "bytes on disk a row"],
            _rows);
    }

    private void Tell(FsyncMode mode, int rows, Measured bare, Measured one, Measured eight)
    {
        string name = mode.ToString().ToLowerInvariant();
        _rows.Add([
            name, $"{rows:n0}", $"{bare.Nanoseconds:n0} ns", $"{one.Nanoseconds:n0} ns", $"{one.Cost.NanosecondsOf(one.Rows):n0} ns",
            $"{one.Cost.BytesOf(one.Rows / rows):n0} B", $"{eight.Nanoseconds:n0} ns", $"{(double)one.OnDisk / one.Rows:n1}",
        ]);
        if (rows == Most)
        {
            report.Add(new Finding($"append, fsync {name}, records of {rows:n0} rows, time a row", $"{one.Nanoseconds:n0} ns (8 writers: {eight.Nanoseconds:n0} ns)", $"bare write {bare.Nanoseconds:n0} ns"));
        }
        else if (rows == 1 && mode == FsyncMode.Always)
        {
            report.Add(new Finding("records a second on disk before their answer, fsync always", $"{1e9 / one.Nanoseconds:n0} (8 writers: {1e9 / eight.Nanoseconds:n0})", $"bare write and sync {1e9 / bare.Nanoseconds:n0}"));
        }
    }

    private Measured Bare(bool syncs, int rows, long size)
    {
        using var folder = new TemporaryFolder();
        using SafeFileHandle file = File.OpenHandle(folder.Sub("bare"), FileMode.CreateNew, FileAccess.Write);
        ReadOnlySpan<byte> lines = _lines.AsSpan(0, rows * TradeRows.RowBytes);
        long records = size / lines.Length;
        CostMeter meter = Cost.Start();
        for (long i = 0; i < records; i++)
        {
            RandomAccess.Write(file, lines, i * lines.Length);
            if (syncs)
            {
                RandomAccess.FlushToDisk(file);
            }
        }

        return new Measured(meter.Stop(), records * rows, records * lines.Length);
    }

    private async Task<Measured> OfModeAsync(FsyncMode mode, int writers, int rows, long size)
    {
        using var folder = new TemporaryFolder();
        var options = new SpoolOptions { Directory = folder.Sub("spool"), Fsync = mode, MaxBytes = ByteSize.GiB(8) };
        using var spool = SpoolDirectory.Open(options, TimeProvider.System, NullLogger.Instance);
        SpoolLog log = spool.Log(TradeRows.Table.Name);
        ReadOnlyMemory<byte> lines = _lines.AsMemory(0, rows * TradeRows.RowBytes);
        long each = size / lines.Length / writers;
        CostMeter meter = Cost.Start();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(async () =>
        {
            for (long i = 0; i < each; i++)
            {
                AppendResult result = await log.AppendAsync(lines, rows);
                if (result.Status != AppendStatus.Appended)
                {
                    throw new InvalidOperationException($"{result.Status}: {result.Error}{result.Reason}");
                }
            }
        })));
        return new Measured(meter.Stop(), each * writers * rows, spool.TotalBytes);
    }

    private sealed record Measured(Cost Cost, long Rows, long OnDisk)
    {
        public double Nanoseconds => Cost.Wall.TotalNanoseconds / Rows;
    }
}
