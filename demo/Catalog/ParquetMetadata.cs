using System.Buffers;

namespace Demo.Catalog;

/// <summary>The numbers of parquet.thrift, of the Apache Parquet format 2.</summary>
internal static class ParquetMetadata
{
    private const int TypeInt64 = 2;
    private const int TypeDouble = 5;
    private const int Required = 0;
    private const int TimestampMicros = 10;
    private const int Plain = 0;
    private const int Rle = 3;
    private const int Uncompressed = 0;
    private const int DataPage = 0;

    /// <summary>The head of a page of <paramref name="rows"/> values of 8 bytes.</summary>
    public static void WritePageHeader(IBufferWriter<byte> output, int rows)
    {
        var thrift = new CompactWriter(output);
        thrift.Int(1, DataPage);
        thrift.Int(2, rows * 8);
        thrift.Int(3, rows * 8);
        thrift.Struct(5, () =>
        {
            thrift.Int(1, rows);
            thrift.Int(2, Plain);
            thrift.Int(3, Rle);
            thrift.Int(4, Rle);
        });
        thrift.Stop();
    }

    /// <param name="columns">The first is the timestamp, the others are numbers.</param>
    public static void WriteFileMetadata(IBufferWriter<byte> output, IReadOnlyList<string> columns, IReadOnlyList<RowGroup> groups)
    {
        var thrift = new CompactWriter(output);
        thrift.Int(1, 1);
        thrift.Structs(2, [-1, .. Enumerable.Range(0, columns.Count)], column => SchemaElement(thrift, columns, column));
        thrift.Long(3, groups.Sum(group => (long)group.Rows));
        thrift.Structs(4, groups, group => RowGroup(thrift, columns, group));
        thrift.Text(6, "demo");
        thrift.Stop();
    }

    private static void SchemaElement(CompactWriter thrift, IReadOnlyList<string> columns, int column)
    {
        if (column < 0)
        {
            thrift.Text(4, "schema");
            thrift.Int(5, columns.Count);
            return;
        }

        thrift.Int(1, Type(column));
        thrift.Int(3, Required);
        thrift.Text(4, columns[column]);
        if (column == 0)
        {
            thrift.Int(6, TimestampMicros);
            thrift.Struct(10, () => thrift.Struct(8, () =>
            {
                thrift.Yes(1); // adjusted to UTC
                thrift.Struct(2, () => thrift.Struct(2, () => { })); // microseconds
            }));
        }
    }

    private static void RowGroup(CompactWriter thrift, IReadOnlyList<string> columns, RowGroup group)
    {
        thrift.Structs(1, [.. Enumerable.Range(0, columns.Count)], column =>
        {
            thrift.Long(2, 0);
            thrift.Struct(3, () =>
            {
                thrift.Int(1, Type(column));
                thrift.Ints(2, Plain);
                thrift.Texts(3, columns[column]);
                thrift.Int(4, Uncompressed);
                thrift.Long(5, group.Rows);
                thrift.Long(6, group.ChunkBytes);
                thrift.Long(7, group.ChunkBytes);
                thrift.Long(9, group.Offset + column * group.ChunkBytes);
            });
        });
        thrift.Long(2, group.ChunkBytes * columns.Count);
        thrift.Long(3, group.Rows);
    }

    private static int Type(int column) => column == 0 ? TypeInt64 : TypeDouble;
}

/// <param name="Offset">Where it begins in the file.</param>
/// <param name="ChunkBytes">Bytes of each of its columns, with the page's head.</param>
internal readonly record struct RowGroup(long Offset, int Rows, long ChunkBytes);
