using Collector.FaultTests.Oracle;

namespace Collector.FaultTests.Faults;

/// <summary>What can become of a segment file while nobody writes it.</summary>
internal enum DamageKind
{
    /// <summary>A byte of the file's header is another.</summary>
    Header,

    /// <summary>A byte of a record's length is another.</summary>
    Length,

    /// <summary>A byte of one of a record's checksums is another.</summary>
    Checksum,

    /// <summary>A byte of a record's payload is another.</summary>
    Body,

    /// <summary>A byte of a sealed file's footer is another.</summary>
    Footer,

    /// <summary>The file ends within a record.</summary>
    Tail,

    /// <summary>The file is not there.</summary>
    Missing,

    /// <summary>The file holds nothing.</summary>
    Empty,
}

/// <summary>Damages one segment file of a spool, and knows what stood in the part that is damaged.</summary>
internal static class SegmentDamage
{
    private const int Kinds = 8;

    /// <param name="spool">The spool's folder, which no process holds.</param>
    /// <param name="spared">Files that are left alone: what is in one that was damaged before cannot be told.</param>
    /// <returns>Null when there is no file to damage.</returns>
    public static Damage? Strike(string spool, int chance, RowFinder finder, IReadOnlyCollection<string> spared)
    {
        var random = new Random(chance);
        if (!Directory.Exists(spool))
        {
            return null;
        }

        string[] files = [.. Directory.GetFiles(spool, "*.seg", SearchOption.AllDirectories).Except(spared, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (files.Length == 0)
        {
            return null;
        }

        string file = files[random.Next(files.Length)];
        var map = SegmentMap.Read(File.ReadAllBytes(file), finder);
        var kind = (DamageKind)random.Next(Kinds);
        if (map.Records.Count == 0 || !map.IsWhole || (kind == DamageKind.Footer && !map.IsSealed))
        {
            return null;
        }

        return Strike(file, map, kind, random, Newest(file) != file);
    }

    public static Damage Strike(string file, SegmentMap map, DamageKind kind, Random random, bool hasNewer)
    {
        int chosen = random.Next(map.Records.Count);
        MappedRecord record = map.Records[chosen];
        int at = kind switch
        {
            DamageKind.Header => random.Next(SegmentMap.HeaderSize),
            DamageKind.Length => record.At + 4 + random.Next(4),
            DamageKind.Checksum => record.At + random.Next(4) + (random.Next(2) * 28),
            DamageKind.Body => record.At + SegmentMap.HeadSize + random.Next(record.Length),
            DamageKind.Footer => map.Bytes.Length - SegmentMap.FooterSize + random.Next(SegmentMap.FooterSize),
            DamageKind.Tail => record.At + 1 + random.Next(SegmentMap.HeadSize + record.Length - 1),
            _ => 0,
        };
        Change(file, map.Bytes, kind, at, (byte)(1 << random.Next(8)));
        IEnumerable<MappedRecord> hit = kind switch
        {
            DamageKind.Header or DamageKind.Footer => [],
            DamageKind.Length or DamageKind.Checksum or DamageKind.Body => [record],
            DamageKind.Tail => map.Records.Skip(chosen),
            _ => map.Records,
        };
        bool mustTell = hasNewer || kind is not (DamageKind.Missing or DamageKind.Empty);
        return new Damage(file, $"{kind} at {at} of {map.Bytes.Length}", [.. hit.SelectMany(part => part.Rows)], mustTell);
    }

    private static void Change(string file, byte[] bytes, DamageKind kind, int at, byte bits)
    {
        if (kind == DamageKind.Missing)
        {
            File.Delete(file);
            return;
        }

        using FileStream open = File.OpenWrite(file);
        if (kind is DamageKind.Tail or DamageKind.Empty)
        {
            open.SetLength(at);
            return;
        }

        open.Position = at;
        open.WriteByte((byte)(bytes[at] ^ bits));
    }

    private static string Newest(string file) => Directory.GetFiles(Path.GetDirectoryName(file)!, "*.seg").Max(StringComparer.Ordinal)!;
}
