using Parquet;
using Parquet.Schema;

namespace Demo.Catalog;

/// <summary>
/// A Parquet file that grows. The last row group is written anew with the rows that have come since, until it is full; so a
/// row is in the file soon, and the metadata stay small.
/// </summary>
internal sealed class ParquetFile
{
    /// <summary>Rows of a full row group.</summary>
    public const int GroupRows = 1024;

    private static readonly ParquetOptions Uncompressed = new() { CompressionMethod = CompressionMethod.None };

    private readonly string _path;
    private readonly ParquetSchema _schema;
    private readonly List<DateTime> _timestamps = [];
    private readonly List<double>[] _values;
    private long _end = ParquetTail.MagicBytes;
    private byte[] _footer = [];
    private bool _isBegun;
    private bool _hasNews;

    /// <param name="path">The file; one that is there already is begun anew at the first <see cref="Flush"/>.</param>
    /// <param name="columns">The numbers of a row, beside its timestamp.</param>
    public ParquetFile(string path, IReadOnlyList<string> columns)
    {
        _path = path;
        _schema = new ParquetSchema([
            new DateTimeDataField("timestamp", DateTimeFormat.Timestamp, unit: DateTimeTimeUnit.Micros, isNullable: false),
            .. columns.Select(column => new DataField<double>(column)),
        ]);
        _values = [.. columns.Select(_ => new List<double>())];
    }

    private bool IsGroupFull => _timestamps.Count == GroupRows;

    /// <summary>Takes a row; it is on disk after the next <see cref="Flush"/> at the latest.</summary>
    public void Add(DateTime timestamp, double first, double second)
    {
        _timestamps.Add(timestamp);
        _values[0].Add(first);
        _values[1].Add(second);
        _hasNews = true;
        if (IsGroupFull)
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

        using var tail = new ParquetTail(_end, _footer);
        // Nothing is waited for: the tail is in memory.
        AppendGroupAsync(tail).GetAwaiter().GetResult();

        // The metadata of before are overwritten by rows: in one write, so that a reader finds the one or the other.
        using (var file = new FileStream(_path, _isBegun ? FileMode.Open : FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0))
        {
            file.Position = _isBegun ? _end : 0;
            file.Write(_isBegun ? tail.Bytes[ParquetTail.MagicBytes..] : tail.Bytes);
            file.SetLength(file.Position);
        }

        (_isBegun, _hasNews) = (true, false);
        if (IsGroupFull)
        {
            _footer = tail.Footer.ToArray();
            _end = tail.FileBytes - _footer.Length;
            _timestamps.Clear();
            Array.ForEach(_values, column => column.Clear());
        }
    }

    private async Task AppendGroupAsync(ParquetTail tail)
    {
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(_schema, tail, Uncompressed, append: _footer.Length > 0);
        using ParquetRowGroupWriter group = writer.CreateRowGroup();
        DataField[] fields = _schema.GetDataFields();
        await group.WriteAsync<DateTime>(fields[0], _timestamps.ToArray());
        for (int column = 0; column < _values.Length; column++)
        {
            await group.WriteAsync<double>(fields[column + 1], _values[column].ToArray());
        }
    }
}
