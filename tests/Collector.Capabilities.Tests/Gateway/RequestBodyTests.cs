using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using Collector.Capabilities.Gateway;

namespace Collector.Tests.Capabilities.Gateway;

public sealed class RequestBodyTests
{
    private const int Limit = 300_000;

    private readonly BufferBudget _budget = new(10 << 20);

    [Theory]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(200_001)]
    [InlineData(Limit)]
    public async Task Read_ABodyWithinTheLimit_HoldsAllOfIt(int length)
    {
        byte[] bytes = Noise(length);
        using var body = new RequestBody(_budget, Limit);

        Assert.Equal(BodyStatus.Complete, await body.ReadAsync(PipeReader.Create(new MemoryStream(bytes)), length, CancellationToken.None));
        Assert.Equal(bytes, body.Bytes.ToArray());
        body.Dispose();
        Assert.Equal(BodyStatus.Complete, await body.ReadGzipAsync(new MemoryStream(Gzip(bytes)), CancellationToken.None));
        Assert.Equal(bytes, body.Bytes.ToArray());
    }

    [Fact]
    public async Task Read_OneByteMoreThanTheLimit_IsTooLarge()
    {
        byte[] bytes = Noise(Limit + 1);

        Assert.Equal(BodyStatus.TooLarge, await PlainAsync(bytes, null));
        Assert.Equal(BodyStatus.TooLarge, await PlainAsync(bytes, bytes.Length));
        Assert.Equal(BodyStatus.TooLarge, await GzipAsync(Gzip(bytes)));
        Assert.Equal(0, _budget.Taken);
    }

    [Fact]
    public async Task ReadGzip_ABomb_StopsAtTheLimit_AndHoldsNoMoreMeanwhile()
    {
        byte[] bomb = Gzip(new byte[50 << 20]);
        var budget = new BufferBudget(4 << 20);
        using var body = new RequestBody(budget, 1 << 20);

        Assert.Equal(BodyStatus.TooLarge, await body.ReadGzipAsync(new MemoryStream(bomb), CancellationToken.None));

        Assert.InRange(budget.Taken, 1, 4 << 20);
    }

    [Fact]
    public async Task ReadGzip_CutOffAnywhere_IsBroken()
    {
        byte[] whole = Gzip(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 50).Select(i => $"t,k=a v={i}i {i}\n"))));

        for (int length = 0; length < whole.Length; length++)
        {
            Assert.True(await GzipAsync(whole[..length]) == BodyStatus.Broken, $"cut off at {length} of {whole.Length}");
        }
    }

    [Fact]
    public async Task ReadGzip_SeveralMembers_AreAllRead_WhereverThePiecesEnd()
    {
        byte[] first = Gzip(Text(20)), second = Gzip(Text(30)), expected = [.. Text(20), .. Text(30)];
        byte[] whole = [.. first, .. Gzip([]), .. second];

        for (int cut = 1; cut <= whole.Length; cut++)
        {
            using var body = new RequestBody(_budget, Limit);
            Assert.True(await body.ReadGzipAsync(new Pieces(whole[..cut], whole[cut..]), CancellationToken.None) == BodyStatus.Complete, $"in two pieces, the first of {cut} bytes");
            Assert.True(body.Bytes.Span.SequenceEqual(expected), $"in two pieces, the first of {cut} bytes");
        }

        using var byByte = new RequestBody(_budget, Limit);
        Assert.Equal(BodyStatus.Complete, await byByte.ReadGzipAsync(new Pieces([.. whole.Select(one => new[] { one })]), CancellationToken.None));
        Assert.Equal(expected, byByte.Bytes.ToArray());
    }

    [Fact]
    public async Task ReadGzip_SeveralMembersCutOffAnywhere_IsBroken_ButBetweenThem()
    {
        byte[] first = Gzip(Text(20)), whole = [.. first, .. Gzip(Text(30))];

        for (int length = 0; length < whole.Length; length++)
        {
            BodyStatus expected = length == first.Length ? BodyStatus.Complete : BodyStatus.Broken;
            Assert.True(await GzipAsync(whole[..length]) == expected, $"cut off at {length} of {whole.Length}");
            using var body = new RequestBody(_budget, Limit);
            BodyStatus inPieces = await body.ReadGzipAsync(new Pieces([.. whole[..length].Select(one => new[] { one })]), CancellationToken.None);
            Assert.True(inPieces == expected, $"cut off at {length} of {whole.Length}, byte by byte");
        }
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression, 3000)]
    [InlineData(CompressionLevel.Optimal, 3000)]
    [InlineData(CompressionLevel.NoCompression, 0)]
    public async Task ReadGzip_CutOffAnywhere_IsBroken_HoweverItIsCompressed(CompressionLevel level, int length)
    {
        byte[] whole = Gzip(Noise(length), level);

        for (int at = 0; at < whole.Length; at++)
        {
            Assert.True(await GzipAsync(whole[..at]) == BodyStatus.Broken, $"cut off at {at} of {whole.Length}");
        }

        Assert.Equal(BodyStatus.Complete, await GzipAsync(whole));
    }

    [Theory]
    [InlineData("\0")]
    [InlineData("\0\0\0\0\0\0\0\0")]
    [InlineData("\n")]
    [InlineData("\u001F")]
    [InlineData("\u001F\u008B")]
    [InlineData("\u001F\u008B\b")]
    [InlineData("t,k=a v=1i\n")]
    public async Task ReadGzip_AnythingBehindTheLastMember_IsBroken(string rest)
    {
        byte[] behind = Encoding.Latin1.GetBytes(rest), whole = Gzip(Text(20));

        Assert.Equal(BodyStatus.Broken, await GzipAsync([.. whole, .. behind]));
        using var body = new RequestBody(_budget, Limit);
        Assert.Equal(BodyStatus.Broken, await body.ReadGzipAsync(new Pieces(whole, behind), CancellationToken.None));
    }

    [Fact]
    public async Task ReadGzip_AnyByteChanged_IsBrokenOrTheSameBytes()
    {
        byte[] plain = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 20).Select(i => $"t,k=a v={i}i {i}\n")));
        byte[] whole = Gzip(plain);

        for (int at = 0; at < whole.Length; at++)
        {
            byte[] changed = [.. whole];
            changed[at] ^= 0x10;
            using var body = new RequestBody(_budget, Limit);
            BodyStatus status = await body.ReadGzipAsync(new MemoryStream(changed), CancellationToken.None);
            Assert.True(status == BodyStatus.Broken || body.Bytes.Span.SequenceEqual(plain), $"byte {at}");
        }
    }

    [Fact]
    public async Task Read_NoRoomForAllRequests_SaysSo_AndGivesBackWhatItHeld()
    {
        var budget = new BufferBudget(100_000);
        using (var body = new RequestBody(budget, Limit))
        {
            Assert.Equal(BodyStatus.NoRoom, await body.ReadAsync(PipeReader.Create(new MemoryStream(Noise(200_000))), null, CancellationToken.None));
        }

        Assert.Equal(0, budget.Taken);
    }

    private async Task<BodyStatus> PlainAsync(byte[] bytes, long? announced)
    {
        using var body = new RequestBody(_budget, Limit);
        return await body.ReadAsync(PipeReader.Create(new MemoryStream(bytes)), announced, CancellationToken.None);
    }

    private async Task<BodyStatus> GzipAsync(byte[] bytes)
    {
        using var body = new RequestBody(_budget, Limit);
        return await body.ReadGzipAsync(new MemoryStream(bytes), CancellationToken.None);
    }

    private static byte[] Noise(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Text(int lines) => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, lines).Select(i => $"t,k=a v={i}i {i}\n")));

    private static byte[] Gzip(byte[] bytes, CompressionLevel level = CompressionLevel.Optimal)
    {
        if (bytes.Length == 0)
        {
            return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]; // GZipStream writes nothing
        }

        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, level, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }

    /// <summary>Comes as a network brings it: in pieces, each with a read of its own.</summary>
    private sealed class Pieces(params byte[][] pieces) : MemoryStream
    {
        private int _next;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (_next < pieces.Length && pieces[_next].Length == 0)
            {
                _next++;
            }

            if (_next == pieces.Length)
            {
                return ValueTask.FromResult(0);
            }

            int length = Math.Min(buffer.Length, pieces[_next].Length);
            pieces[_next].AsSpan(0, length).CopyTo(buffer.Span);
            pieces[_next] = pieces[_next][length..];
            return ValueTask.FromResult(length);
        }
    }
}
