using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using Collector.Gateway;

namespace Collector.Tests.Gateway;

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
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Gzip(byte[] bytes)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }
}
