using System.Text;
using Collector.Pipe.Spool;

namespace Collector.Tests.Pipe.Spool;

public sealed class SegmentFormatTests : IDisposable
{
    private readonly SpoolFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Of_TheCheckStringOfCrc32C_IsItsPublishedSum()
    {
        // Whole words only: the last word of other lengths is filled up with zeros, which is this format's own rule.
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Of(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
    }

    [Fact]
    public void Segment_SealedWithTwoRecords_HasTheseBytes()
    {
        SpoolLog log = _fixture.Open().Log("trades");
        Append(log, "t v=1i\n", 1);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Append(log, "t v=2i\nt v=3i\n", 2);
        using var writer = SegmentWriter.Reopen(
            new Segment(_fixture.Segments()[0], 1)
            {
                Totals = new SegmentTotals
                {
                    FirstId = 1,
                    LastId = 2,
                    Records = 2,
                    Rows = 3,
                    Bytes = 21,
                    OldestMicros = 1767323045000000,
                    NewestMicros = 1767323046000000,
                },
                DataEnd = new FileInfo(_fixture.Segments()[0]).Length,
            },
            new SpoolDisk());
        writer.Seal();

        string hex = Convert.ToHexString(File.ReadAllBytes(_fixture.Segments()[0]));

        Assert.Equal(Golden, string.Join('\n', hex.Chunk(32).Select(static c => new string(c))));
    }

    [Fact]
    public void FileName_OfHigherIds_SortsBehind()
    {
        string[] names = [.. new ulong[] { 1, 9, 10, 1UL << 20, ulong.MaxValue }.Select(SegmentFormat.FileName)];

        Assert.Equal(names.Order(StringComparer.Ordinal), names, StringComparer.Ordinal);
    }

    /// <summary>Made by a second implementation of the drawing in SegmentFormat.cs, in another language.</summary>
    private const string Golden = """
        4353504F4F4C0D0A0100000000000000
        010000000000000040F34CF65E470600
        000000003954CD5A5FC465A207000000
        010000000000000040F34CF65E470600
        010000008EDB404A7420763D31690A00
        503830C20E0000000200000000000000
        80355CF65E47060002000000C69A21C4
        7420763D32690A7420763D33690A0000
        01000000000000000200000000000000
        02000000000000000300000000000000
        150000000000000040F34CF65E470600
        80355CF65E4706000000000048875EB8
        4353505345414C21
        """;

    private static void Append(SpoolLog log, string lines, int rows) =>
        SpoolFixture.TryAppend(log, Encoding.ASCII.GetBytes(lines), rows);
}
