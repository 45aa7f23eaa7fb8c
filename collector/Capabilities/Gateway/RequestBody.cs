using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;

namespace Collector.Capabilities.Gateway;

internal enum BodyStatus
{
    Complete,

    /// <summary>It is longer than <see cref="GatewayOptions.MaxBodyBytes"/>.</summary>
    TooLarge,

    /// <summary>All requests together hold <see cref="GatewayOptions.MaxBufferedBytes"/>.</summary>
    NoRoom,

    /// <summary>It is not what its encoding says.</summary>
    Broken,
}

/// <summary>
/// A request's body in one rented buffer, decompressed. The buffer grows with what has come, never with what was announced:
/// a client that promises much and sends little holds little.
/// </summary>
internal sealed class RequestBody(BufferBudget budget, int limit) : IDisposable
{
    /// <summary>For the sender of one that found no room.</summary>
    public const string NoRoom = "requests under way hold all that they may (gateway.max_buffered_bytes); send it again";

    private const int FirstRoom = 64 * 1024;

    /// <summary>A larger buffer is not kept for the next request: it would stay, and count to no budget.</summary>
    private const int LargestKept = 1 << 20;

    private static readonly ArrayPool<byte> Buffers = ArrayPool<byte>.Create(LargestKept, maxArraysPerBucket: 8);

    private byte[] _buffer = [];
    private int _length;

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads it as it stands.</summary>
    /// <param name="announced">How long it is to be, where that is known.</param>
    public async ValueTask<BodyStatus> ReadAsync(PipeReader from, long? announced, CancellationToken cancellationToken)
    {
        if (announced > limit)
        {
            return BodyStatus.TooLarge;
        }

        while (true)
        {
            ReadResult read = await from.ReadAsync(cancellationToken);
            BodyStatus status = Take(read.Buffer, announced);
            from.AdvanceTo(read.Buffer.End);
            if (status != BodyStatus.Complete || read.IsCompleted)
            {
                return status;
            }
        }
    }

    /// <summary>Reads it as gzip (RFC 1952): one member or several, each whole, and nothing behind the last, not even zeros.</summary>
    public async ValueTask<BodyStatus> ReadGzipAsync(Stream from, CancellationToken cancellationToken)
    {
        await using var counted = new GzipSource(from);
        await using var gzip = new GZipStream(counted, CompressionMode.Decompress);
        try
        {
            while (true)
            {
                if (MakeRoom(1, null) is var status && status != BodyStatus.Complete)
                {
                    return status;
                }

                int read = await gzip.ReadAsync(_buffer.AsMemory(_length), cancellationToken);
                if (read == 0)
                {
                    if (!counted.IsWhole(Bytes.Span))
                    {
                        return BodyStatus.Broken;
                    }

                    _length -= GzipSource.EndLength;
                    return BodyStatus.Complete;
                }

                _length += read;
                if (_length > limit + GzipSource.EndLength)
                {
                    return BodyStatus.TooLarge;
                }
            }
        }
        catch (InvalidDataException)
        {
            return BodyStatus.Broken;
        }
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            budget.Give(_buffer.Length);
            Buffers.Return(_buffer);
            _buffer = [];
        }

        _length = 0;
    }

    private BodyStatus Take(in ReadOnlySequence<byte> piece, long? announced)
    {
        if (piece.IsEmpty)
        {
            return BodyStatus.Complete;
        }

        if (_length + piece.Length > limit)
        {
            return BodyStatus.TooLarge;
        }

        BodyStatus status = MakeRoom((int)piece.Length, announced);
        if (status == BodyStatus.Complete)
        {
            piece.CopyTo(_buffer.AsSpan(_length));
            _length += (int)piece.Length;
        }

        return status;
    }

    private BodyStatus MakeRoom(int bytes, long? announced)
    {
        if (_buffer.Length - _length >= bytes)
        {
            return BodyStatus.Complete;
        }

        // One byte more than the limit tells a body that is just as long from one that is longer; compressed, its end comes on top.
        long wanted = Math.Max(Math.Max(_buffer.Length * 2L, FirstRoom), _length + (long)bytes);
        int size = (int)Math.Min(wanted, Math.Min(announced ?? long.MaxValue, limit) + 1L + GzipSource.EndLength);
        size = (int)Math.Max(size, _length + (long)bytes);
        byte[] larger;
        try
        {
            larger = Buffers.Rent(size);
        }
        catch (OutOfMemoryException)
        {
            return BodyStatus.NoRoom; // a large array is all or nothing: what is there goes on being used
        }

        if (!budget.TryTake(larger.Length))
        {
            Buffers.Return(larger);
            return BodyStatus.NoRoom;
        }

        _buffer.AsSpan(0, _length).CopyTo(larger);
        int length = _length;
        Dispose();
        (_buffer, _length) = (larger, length);
        return BodyStatus.Complete;
    }
}
