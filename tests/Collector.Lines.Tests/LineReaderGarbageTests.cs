using System.Text;
using Collector.Lines;
using Collector.Lines.Tables;
using FsCheck;
using FsCheck.Xunit;

namespace Collector.Tests.Lines;

/// <summary>Whatever the bytes are, reading ends, throws nothing, and covers every byte exactly once.</summary>
public class LineReaderGarbageTests
{
    private static readonly byte[][] Seeds =
    [
        .. new[]
        {
            "readings,k=key,labels=a\\=b,s=sym b=t,l=-42i,c=5i,c_delta=1i,d==\u0010\0\0\0\0\0@E@,t=5t,v=\"te\\\"xt\\\n\" 1700000000000000000\n",
            "readings,k=a b=t,d=1.5e3,l=1_0i,v=\"x\" 1700000000000000t\r\nreadings,k=a b=f 1700000000000m\n",
            "readings,k=a b=t,d==\u000E\n\u0001\u0001\0\0\0\0\0\0\0\0\0\0\0 1700000000000000000\nreadings b=t,d==\u0017\u0001\u0001\n 5n\n",
            "readings,k= b=,l=,d=NaN,s=5t,t=7n,  1\n\n\nreadings,nope=1 b=t\nother b=t 1\n",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    private readonly Table _table = TestTable.Make();

    [Property(MaxTest = 2000)]
    public bool Read_AnyBytes_TerminatesAndCoversThem(byte[] data) => Covers(new LineReader(_table), data) && Covers(new LineReader(_table), (byte[])[.. "readings,k=a "u8, .. data]);

    [Fact]
    public void Read_MutatedRows_TerminatesAndCoversThem()
    {
        int inputs = Environment.GetEnvironmentVariable("COLLECTOR_TESTS_LONG") == "1" ? 10_000_000 : 1_000_000;
        var random = new Random(20231114);
        var reader = new LineReader(_table);
        byte[] data = new byte[1024];
        for (int i = 0; i < inputs; i++)
        {
            byte[] seed = Seeds[random.Next(Seeds.Length)];
            seed.CopyTo(data, 0);
            int length = seed.Length;
            for (int mutations = random.Next(1, 5); mutations > 0; mutations--)
            {
                length = LineMutation.Mutate(data, length, random);
            }

            if (!Covers(reader, data.AsMemory(0, length)))
            {
                Assert.Fail($"input {i}: {Convert.ToBase64String(data, 0, length)}");
            }
        }
    }

    private bool Covers(LineReader reader, ReadOnlyMemory<byte> data)
    {
        reader.ArrivalMicros = TestTable.NowMicros;
        reader.Start(data, TimeWindow.At(TestTable.Now, _table));
        ReadOnlySpan<byte> rest = data.Span;
        for (int rows = 0; ; rows++)
        {
            rest = rest.TrimStart("\r\n"u8);
            LineStatus status = reader.Read();
            if (status == LineStatus.End)
            {
                return rest.IsEmpty;
            }

            int length = reader.Row.Length;
            if (length == 0 || length > rest.Length || !rest[..length].SequenceEqual(reader.Row.Span) || reader.Line != rows + 1)
            {
                return false;
            }

            if (status == LineStatus.Fault)
            {
                if (reader.Fault is not { } fault || fault.Line != reader.Line || fault.Position < 1 || fault.Position > length + 1)
                {
                    return false;
                }
            }
            else if (reader.Fault is not null || !TextsAreReadable(reader))
            {
                return false;
            }

            rest = rest[length..];
        }
    }

    private bool TextsAreReadable(LineReader reader)
    {
        foreach (Column column in _table.Columns)
        {
            if (column.Type is ColumnType.Symbol or ColumnType.Varchar && reader.Has(column) && reader.Text(column).Contains('\uFFFD'))
            {
                return false;
            }
        }

        return true;
    }
}
