namespace Collector.Capabilities.Gateway;

/// <summary>
/// A compressed body (RFC 1952, of one member or several) on its way into the decompressor, with a member of our own behind
/// it. The decompressor takes a body that was cut off for one that ended, and does not tell what stands behind its last
/// member; but it reads our member as one only where every member before it was whole, and nothing stood between.
/// </summary>
internal sealed class GzipSource(Stream inner) : Stream
{
    /// <summary>What the decompressed bytes end with, if the body was whole.</summary>
    public const int EndLength = 16;

    /// <summary>Sixteen bytes as gzip: head, one stored block, CRC-32, length.</summary>
    private static readonly byte[] EndMember =
    [
        0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF,
        1, EndLength, 0, unchecked((byte)~EndLength), 0xFF, .. End,
        0x65, 0x6D, 0x4C, 0x62, EndLength, 0, 0, 0,
    ];

    private bool _isEmpty = true;
    private int _given;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>What gzip begins with, and no line: it is not valid UTF-8.</summary>
    public static ReadOnlySpan<byte> Magic => [0x1F, 0x8B];

    private static ReadOnlySpan<byte> End => "\0end of the body"u8;

    /// <summary>True when what came was whole.</summary>
    /// <param name="plain">All that the decompressor made of it, our end included.</param>
    public bool IsWhole(ReadOnlySpan<byte> plain) => !_isEmpty && plain.EndsWith(End);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await inner.ReadAsync(buffer, cancellationToken);
        if (read > 0)
        {
            _isEmpty = false;
            return read;
        }

        read = Math.Min(buffer.Length, EndMember.Length - _given);
        EndMember.AsSpan(_given, read).CopyTo(buffer.Span);
        _given += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
