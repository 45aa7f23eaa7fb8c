using System.Text;
using Collector.Capabilities.Gateway;
using Collector.Capabilities.Gateway.Influx;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Tests.Capabilities.Gateway.Influx;

/// <summary>
/// Whatever the bytes are, nothing is thrown, each belongs to exactly one line, and each good line is exactly one row of
/// QuestDB's grammar. The inputs come from a seed. <c>COLLECTOR_TESTS_LONG=1</c> tries ten times as many.
/// </summary>
public sealed class InfluxFuzzTests
{
    private static readonly int Times = Environment.GetEnvironmentVariable("COLLECTOR_TESTS_LONG") == "1" ? 10 : 1;

    private static readonly byte[][] Seeds =
    [
        .. new[]
        {
            "m,t=a,path=D:\\ticks\\hot v=1i,w=8u,x=1.5e+06,y=TRUE 1700000000000000000\n",
            "m.a/b,host\\ name=web\\,1,z=\\=\\\\ a-b=\"Traceback:\n  C:\\bots \\\"q\\\" \\\\\",c=\"\"  1700000000000000000 \r\n",
            "# a comment with \"quotes\nplain,k=a n=1i,d=-.5\n\n  \t\nplain,k=b n=2u 5\n",
            "m timestamp=1,v=2,v=3,Timestamp=4u\nm v=9223372036854775808u\nm,t=a,t=b v=NaN\n",
            "5m 5\\ min=1,95\\=p=2 7\n\u00e9\u00fc,\u00e9=\u00fc \u00e9=\"\u00fc\"\nm v=\"not closed\nm v=1\n",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>No table can have this name: its reader finds where any row ends.</summary>
    private readonly LineReader _anyTable = new(TableGrowth.New("?"));

    [Fact]
    public void Read_MutatedLines_CoversEachByteOnce_AndWritesOneRowForEachGoodLine()
    {
        var random = new Random(20261130);
        var line = new InfluxLine();
        byte[] data = new byte[4096];
        for (int i = 0; i < 300_000 * Times; i++)
        {
            int length = Fill(data, random);
            try
            {
                Check(line, data.AsMemory(0, length));
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"input {i}: {Convert.ToBase64String(data, 0, length)}", exception);
            }
        }
    }

    [Theory]
    [InlineData(BadLine.Quarantine, 1)]
    [InlineData(BadLine.Reject, 2)]
    internal async Task Write_MutatedRequests_AccountsForEachLine(BadLine onBadLine, int seed)
    {
        var sink = new CountingSink { Verifies = true };
        using var room = new GatewayRoom(new GatewayOptions { OnBadLine = onBadLine, MaxTables = 50, MaxColumns = 50, MaxSeries = 200 }, sink);
        var random = new Random(seed);
        var line = new InfluxLine();
        byte[] data = new byte[4096];
        for (int i = 0; i < 10_000 * Times; i++)
        {
            int length = Fill(data, random);
            int lines = 0;
            for (int at = 0; at < length; at = line.End)
            {
                lines += line.Read(data.AsSpan(0, length), at) == InfluxVerdict.Nothing ? 0 : 1;
            }

            WriteResult result = await room.Writer.WriteAsync(data.AsMemory(0, length), (Precision)random.Next(6), new RequestProgress(), CancellationToken.None, room.Budget);

            int physical = data.AsSpan(0, length).Count((byte)'\n') + 1;
            bool isWhole = result.Status == WriteStatus.Accepted
                ? result.Accepted + result.Quarantined == lines
                : onBadLine == BadLine.Reject && result.Fault is { Position: > 0 } fault && fault.Line >= 1 && fault.Line <= physical;
            Assert.True(isWhole && room.Budget.Taken == 0, $"input {i}: {result} {lines} {Convert.ToBase64String(data, 0, length)}");
        }
    }

    private void Check(InfluxLine line, ReadOnlyMemory<byte> data)
    {
        for (int at = 0; at < data.Length; at = line.End)
        {
            InfluxVerdict verdict = line.Read(data.Span, at);
            Assert.True(line.Start == at && line.End > at && line.End <= data.Length);
            Assert.Equal(verdict == InfluxVerdict.Bad, line.Fault is { Position: > 0, Message.Length: > 0 });
            if (verdict is InfluxVerdict.Same or InfluxVerdict.Other)
            {
                byte[] written = new byte[line.Room];
                CheckRow(written.AsMemory(0, line.Write(data.Span, written)));
            }

            if (verdict == InfluxVerdict.Same)
            {
                CheckRow(data[at..line.End]);
            }
        }
    }

    private void CheckRow(ReadOnlyMemory<byte> row)
    {
        _anyTable.Start(row, TimeWindow.Any);
        Assert.Equal(LineStatus.Fault, _anyTable.Read());
        Assert.Equal((LineFaultKind.Table, row.Length), (_anyTable.Fault!.Kind, _anyTable.Row.Length));

        // The fault of the name hides others: read it once more as the table that it names.
        string name = ForeignText.Name(row.Span[..LineReader.TableNameLength(row.Span)]);
        var reader = new LineReader(TableGrowth.New(name)) { Unknown = [], ArrivalMicros = TestTable.NowMicros };
        reader.Start(row, TimeWindow.Any);
        reader.Read();
        Assert.True(
            reader.Fault is null || reader.WantsColumns || reader.Fault.Kind is LineFaultKind.Value or LineFaultKind.Text or LineFaultKind.Timestamp,
            $"{reader.Fault}: {Encoding.Latin1.GetString(row.Span)}");
        Assert.Equal(LineStatus.End, reader.Read());
    }

    private static int Fill(byte[] data, Random random)
    {
        int length = 0;
        for (int pieces = random.Next(1, 4); pieces > 0; pieces--)
        {
            byte[] seed = Seeds[random.Next(Seeds.Length)];
            seed.CopyTo(data, length);
            length += seed.Length;
        }

        for (int mutations = random.Next(0, 6); mutations > 0; mutations--)
        {
            length = LineMutation.Mutate(data, length, random);
        }

        return length;
    }
}
