using System.Buffers.Binary;

namespace Collector.Gateway;

/// <summary>
/// A compressed body on its way into the decompressor, whose last bytes are remembered: the decompressor takes a body that
/// was cut off for one that ended, and gzip's last four bytes tell the length that it should have had (RFC 1952, ISIZE).
/// </summary>
internal sealed class GzipSource(Stream inner) : Stream
{
    private const int Trailer = 4;

    private readonly byte[] _tail = new byte[Trailer];
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>True when what came says that it holds as many bytes as it did.</summary>
    public bool IsWhole(int length) => _read >= 18 && BinaryPrimitives.ReadUInt32LittleEndian(_tail) == (uint)length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await inner.ReadAsync(buffer, cancellationToken);
        Remember(buffer.Span[..read]);
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

    private void Remember(ReadOnlySpan<byte> piece)
    {
        _read += piece.Length;
        if (piece.Length >= Trailer)
        {
            piece[^Trailer..].CopyTo(_tail);
        }
        else
        {
            _tail.AsSpan(piece.Length).CopyTo(_tail);
            piece.CopyTo(_tail.AsSpan(Trailer - piece.Length));
        }
    }
}
