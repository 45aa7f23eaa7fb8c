using System.Buffers.Binary;

namespace Demo.Catalog;

/// <summary>
/// A Parquet file as its writer needs it to append a row group: the magic number it begins with, and the footer, which the
/// row group overwrites. The full row groups between stay on disk; they only count for the positions.
/// <code>
/// PAR1 | full row groups, left out | footer: metadata, their length (4 bytes, little endian), PAR1
/// </code>
/// </summary>
internal sealed class ParquetTail : MemoryStream
{
    public const int MagicBytes = 4;

    private readonly long _leftOut;

    /// <param name="end">Where the full row groups end.</param>
    /// <param name="footer">The footer behind them; empty for a file that is not begun.</param>
    public ParquetTail(long end, ReadOnlySpan<byte> footer)
    {
        _leftOut = end - MagicBytes;
        if (footer.Length > 0)
        {
            Write("PAR1"u8);
            Write(footer);
        }
    }

    /// <summary>Bytes of the file. <see cref="Stream.Length"/> stays that of what is here: a memory stream grows by it.</summary>
    public long FileBytes => Length + _leftOut;

    public override long Position
    {
        get => base.Position < MagicBytes ? base.Position : base.Position + _leftOut;
        set => base.Position = value < MagicBytes ? value : value - _leftOut;
    }

    /// <summary>All that is here: the magic number, and what comes behind the full row groups.</summary>
    public ReadOnlySpan<byte> Bytes => GetBuffer().AsSpan(0, (int)Length);

    /// <summary>From the metadata to the end.</summary>
    public ReadOnlySpan<byte> Footer => Bytes[^(BinaryPrimitives.ReadInt32LittleEndian(Bytes[^8..]) + 8)..];

    public override long Seek(long offset, SeekOrigin loc) => Position = offset + loc switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => Position,
        _ => FileBytes,
    };
}
