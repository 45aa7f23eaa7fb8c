using System.Buffers;
using System.Buffers.Binary;

namespace Demo.Catalog;

/// <summary>
/// A Parquet file that grows. All columns are required, plain and uncompressed, each 8 bytes wide:
/// <code>
/// PAR1 | row group | row group | ... | metadata | length of the metadata (4 bytes, little endian) | PAR1
///        └ a page for each column: its head, the values
/// </code>
/// The last row group is written anew with the rows that have come since, until it is full; so a row is in the file soon,
/// and the metadata stay small.
/// </summary>
internal sealed class ParquetFile
{
    /// <summary>Rows of a full row group.</summary>
    public const int GroupRows = 1024;

    private readonly string _path;
    private readonly IReadOnlyList<string> _columns;
    private readonly List<RowGroup> _groups = [];
    private readonly List<long>[] _values;
    private long _end = Magic.Length;
    private bool _isBegun;
    private bool _hasNews;

    /// <param name="path">The file; one that is there already is begun anew at the first <see cref="Flush"/>.</param>
    /// <param name="columns">The first is the timestamp, in microseconds; the others are doubles.</param>
    public ParquetFile(string path, IReadOnlyList<string> columns)
    {
        (_path, _columns) = (path, columns);
        _values = [.. columns.Select(_ => new List<long>())];
    }

    private static ReadOnlySpan<byte> Magic => "PAR1"u8;

    private int Waiting => _values[0].Count;

    /// <summary>Takes a row; it is on disk after the next <see cref="Flush"/> at the latest.</summary>
    public void Add(DateTime timestamp, double first, double second)
    {
        _values[0].Add((timestamp - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        _values[1].Add(BitConverter.DoubleToInt64Bits(first));
        _values[2].Add(BitConverter.DoubleToInt64Bits(second));
        _hasNews = true;
        if (Waiting == GroupRows)
        {
            Flush();
        }
    }

    /// <summary>Writes the rows that have come since, and what makes the file whole.</summary>
    public void Flush()
    {
        if (!_hasNews)
        {
            return;
        }

        var output = new ArrayBufferWriter<byte>();
        RowGroup group = Pages(output);
        List<RowGroup> groups = [.. _groups, group];
        int before = output.WrittenCount;
        ParquetMetadata.WriteFileMetadata(output, _columns, groups);
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), output.WrittenCount - before);
        output.Advance(4);
        output.Write(Magic);

        // The metadata of before are overwritten by rows: in one write, so that a reader finds the one or the other.
        using (var file = new FileStream(_path, _isBegun ? FileMode.Open : FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0))
        {
            if (!_isBegun)
            {
                file.Write(Magic);
            }

            file.Position = _end;
            file.Write(output.WrittenSpan);
            file.SetLength(_end + output.WrittenCount);
        }

        (_isBegun, _hasNews) = (true, false);
        if (Waiting == GroupRows)
        {
            _groups.Add(group);
            _end += before;
            Array.ForEach(_values, column => column.Clear());
        }
    }

    private RowGroup Pages(ArrayBufferWriter<byte> output)
    {
        int chunk = 0;
        foreach (List<long> column in _values)
        {
            int before = output.WrittenCount;
            ParquetMetadata.WritePageHeader(output, Waiting);
            foreach (long value in column)
            {
                BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(8), value);
                output.Advance(8);
            }

            chunk = output.WrittenCount - before;
        }

        return new RowGroup(_end, Waiting, chunk);
    }
}
