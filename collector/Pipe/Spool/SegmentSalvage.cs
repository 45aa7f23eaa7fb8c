using Microsoft.Win32.SafeHandles;

namespace Collector.Pipe.Spool;

/// <summary>
/// Makes a sound segment of the readable records of a damaged one. The damaged file stays as <c>.corrupt</c> for whoever wants
/// to look into it; nothing here deletes a byte that was not understood.
/// </summary>
internal static class SegmentSalvage
{
    private const int BufferSize = 128 * 1024;

    /// <summary>
    /// Order of the steps: the salvage is complete and synced before the original is renamed, so that a kill in between
    /// leaves either the original or a finished salvage (see <see cref="Finish"/>).
    /// </summary>
    public static Segment Cut(string path, SegmentScan scan, SpoolDisk disk)
    {
        string salvage = path + SegmentFormat.SalvageExtension;
        SegmentTotals totals = scan.Totals;
        long end = WriteSalvage(path, salvage, scan, disk);
        SetAside(path);
        File.Move(salvage, path);
        disk.SyncDirectory(Path.GetDirectoryName(path)!);
        return new Segment(path, totals.FirstId)
        {
            Totals = totals,
            CompletedRows = scan.CompletedRows,
            CompletedBytes = scan.CompletedBytes,
            DataEnd = end,
            FileBytes = end + SegmentFormat.FooterSize,
            IsSealed = true,
            IsReplayed = scan.Header.IsReplayed,
        };
    }

    /// <summary>The damaged file itself, for want of a sound one: readers step over its bad places.</summary>
    public static Segment InPlace(string path, SegmentScan scan) => new(path, scan.Totals.FirstId)
    {
        Totals = scan.Totals,
        CompletedRows = scan.CompletedRows,
        CompletedBytes = scan.CompletedBytes,
        DataEnd = scan.DataEnd,
        FileBytes = scan.FileLength,
        IsSealed = true,
        IsReplayed = scan.Header.IsReplayed,
        IsDamaged = true,
    };

    /// <summary>Renames the file to the first free name with <c>.corrupt</c> and returns that.</summary>
    public static string SetAside(string path)
    {
        string aside = FreeName(path);
        File.Move(path, aside);
        return aside;
    }

    /// <summary>Copies what can be read of the file, each byte to its place, to the first free name with <c>.corrupt</c> and returns that.</summary>
    public static string KeepCopy(string path, SpoolDisk disk)
    {
        string aside = FreeName(path);
        using var from = new SegmentReader(path, disk);
        using SafeFileHandle to = File.OpenHandle(aside, FileMode.Create, FileAccess.Write);
        long length = from.FileLength;
        for (long at = 0; at < length;)
        {
            ReadOnlySpan<byte> bytes = from.Peek(at, BufferSize, length);
            if (bytes.IsEmpty)
            {
                break;
            }

            disk.Write(to, bytes, at);
            at += bytes.Length;
        }

        return aside;
    }

    /// <summary>Ends what a kill interrupted: with the original gone the salvage is whole, beside it it is begun anew.</summary>
    public static void Finish(string directory)
    {
        foreach (string salvage in Directory.GetFiles(directory, "*" + SegmentFormat.SalvageExtension))
        {
            string path = salvage[..^SegmentFormat.SalvageExtension.Length];
            if (File.Exists(path))
            {
                File.Delete(salvage);
            }
            else
            {
                File.Move(salvage, path);
            }
        }
    }

    private static string FreeName(string path)
    {
        string aside = path + SegmentFormat.CorruptExtension;
        for (int i = 1; File.Exists(aside); i++)
        {
            aside = $"{path}.{i}{SegmentFormat.CorruptExtension}";
        }

        return aside;
    }

    private static long WriteSalvage(string path, string salvage, SegmentScan scan, SpoolDisk disk)
    {
        using SafeFileHandle from = disk.OpenRead(path);
        using SafeFileHandle to = File.OpenHandle(salvage, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        try
        {
            Span<byte> frame = stackalloc byte[SegmentFormat.FooterSize];
            long created = scan.HeaderState == HeaderState.Valid ? scan.Header.CreatedMicros : scan.Totals.OldestMicros;
            new SegmentHeader(SegmentFormat.Version, scan.Totals.FirstId, created, scan.Header.IsReplayed).Write(frame);
            disk.Write(to, frame[..SegmentFormat.HeaderSize], 0);
            long at = SegmentFormat.HeaderSize;
            byte[] buffer = new byte[BufferSize];
            foreach (Extent extent in scan.Extents)
            {
                for (long read = extent.Start; read < extent.End;)
                {
                    int count = disk.Read(from, buffer.AsSpan(0, (int)Math.Min(buffer.Length, extent.End - read)), read);
                    if (count == 0)
                    {
                        throw new EndOfStreamException($"{path} has become shorter while it was read");
                    }

                    disk.Write(to, buffer.AsSpan(0, count), at);
                    read += count;
                    at += count;
                }
            }

            new SegmentFooter(scan.Totals).Write(frame);
            disk.Write(to, frame, at);
            disk.Sync(to);
            return at;
        }
        catch (IOException)
        {
            File.Delete(salvage);
            throw;
        }
    }
}
