using System.Buffers;
using System.Runtime.CompilerServices;

namespace Collector.Web.Exposition;

/// <summary>
/// The bytes of one page, in a pooled array that grows up to a limit. What does not fit latches <see cref="Overflowed"/>,
/// and everything after it is ignored: the page is then not sent.
/// </summary>
public sealed class ScrapeBuffer(int limit, int capacity) : IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(Math.Min(capacity, limit));
    private int _room = Math.Min(capacity, limit);

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    public bool Overflowed { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (HasRoom(bytes.Length))
        {
            bytes.CopyTo(_bytes.AsSpan(Length));
            Length += bytes.Length;
        }
    }

    /// <summary>Writes <c>name{labels} value</c> and a newline.</summary>
    /// <param name="labels">With the space behind them.</param>
    public void Sample(ReadOnlySpan<byte> name, ReadOnlySpan<byte> labels, double value)
    {
        if (!HasRoom(name.Length + labels.Length + MetricText.MaxNumberBytes + 1))
        {
            return;
        }

        Span<byte> to = _bytes.AsSpan(Length);
        name.CopyTo(to);
        labels.CopyTo(to[name.Length..]);
        int at = name.Length + labels.Length;
        at += MetricText.Number(to[at..], value);
        to[at++] = (byte)'\n';
        Length += at;
    }

    /// <summary>Takes back all beyond <paramref name="length"/>.</summary>
    public void Rewind(int length) => Length = Overflowed ? Length : length;

    /// <summary>The array of the written bytes, which the caller now has to return to the pool.</summary>
    public byte[] Detach()
    {
        byte[] bytes = _bytes;
        (_bytes, _room, Length) = ([], 0, 0);
        return bytes;
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(Detach());
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool HasRoom(int bytes) => bytes <= _room - Length || Grow(bytes);

    private bool Grow(int bytes)
    {
        if (Overflowed || bytes > limit - Length)
        {
            // Nothing may follow what is missing, however short.
            (Overflowed, _room) = (true, Length);
            return bytes == 0;
        }

        int room = (int)Math.Min(limit, Math.Max((long)_bytes.Length * 2, (long)Length + bytes));
        byte[] grown = ArrayPool<byte>.Shared.Rent(room);
        _bytes.AsSpan(0, Length).CopyTo(grown);
        ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _room) = (grown, Math.Min(grown.Length, limit));
        return true;
    }
}
