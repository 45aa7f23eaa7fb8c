using System.Text;
using Collector.Capabilities.Gateway;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Settings;

namespace Collector.Tests.Capabilities.Gateway.Influx;

/// <summary>Requests in InfluxDB's dialect, from their bytes to the rows that the sink takes.</summary>
public sealed class InfluxWriteTests
{
    private const string Now = "1700000000000000000";

    [Fact]
    public async Task Write_WhatInfluxDbsClientsSay_IsStoredAsTheyMeanIt()
    {
        using var room = new GatewayRoom();

        WriteResult result = await room.InfluxAsync(
            "# exported on monday\n#archive,by=ops n=3i\n"
            + $"order_hist,kind=histogram bucket_1=4u,sum=17.5 {Now}\n"
            + $"bot_error,bot=alpha msg=\"Traceback:\n  step 3\nValueError: stale quote\",count=2i {Now}\n"
            + $"drive_use,path=D:\\ticks\\hot used=0.5,re=\"\\\\d+ \\d\",dir=\"C:\\\\ticks C:\\bots\"   {Now}  \r\n   \n"
            + $"rpc/latency,io.image.version=1.2 count=5i,0.5=12.5,file-max=3i,timestamp=7i {Now}");

        Assert.Equal((WriteStatus.Accepted, 4, 0), (result.Status, result.Accepted, result.Quarantined));
        Assert.Equal(
            [
                "bot_error: bot=alpha msg=Traceback:\n  step 3\nValueError: stale quote count=2",
                "drive_use: path=D:\\ticks\\hot used=0.5 re=\\d+ \\d dir=C:\\ticks C:\\bots",
                "order_hist: kind=histogram bucket_1=4 sum=17.5",
                "rpc_latency: io_image_version=1.2 count=5 0_5=12.5 file_max=3 timestamp_=7",
            ],
            room.Sink.Rows.Select(row => $"{row.Table}: {string.Join(' ', row.Values.Select(value => $"{value.Key}={value.Value}"))}").Order(StringComparer.Ordinal));
        Assert.All(room.Sink.Rows, row => Assert.Equal(TestTable.Now, row.Time));
        Assert.Equal(ColumnType.Long, room.Tables["order_hist"]["bucket_1"].Type);
    }

    [Fact]
    public async Task Write_BadLines_AreSetAsideAsSent_WithThePhysicalLine_AndCostNoOther()
    {
        using var room = new GatewayRoom();
        string[] sent =
        [
            "# comment\n",
            "\n",
            $"plain,k=a n=1i {Now}\n",
            $"plain,k=a n=\"a\nb\" {Now}\n", // 4 and 5: a string into LONG, found by the reader, of a line that was written anew
            $"  plain,k=b n=2u {Now}\n",
            $"plain,k=c n=18446744073709551615u {Now}\n", // 7: found by the translator
            "nope\n", // 8
            $"plain,k=d n=x,s=\"a\nplain,k=x n=9i\n\" {Now}\n", // 9 to 11
            $"plain,k=e n=1.5 {Now}\n", // 12
            $"plain,k=f n=3i {Now}\n",
        ];

        WriteResult result = await room.InfluxAsync(string.Concat(sent));

        Assert.Equal((WriteStatus.Accepted, 3, 5), (result.Status, result.Accepted, result.Quarantined));
        Assert.Equal(["a 1", "b 2", "f 3"], room.Sink.Rows.Select(row => $"{row["k"]} {row["n"]}"));
        Assert.Equal(
            ["4 Type plain", "7 Value plain", "8 Syntax -", "9 Value plain", "12 Type plain"],
            room.Sink.Refused.OrderBy(row => row.Fault.Line).Select(row => $"{row.Fault.Line} {row.Fault.Kind} {row.Table?.Name ?? "-"}"));
        Assert.Equal(
            new[] { sent[3], sent[5], sent[6], sent[7], sent[8] },
            room.Sink.Refused.OrderBy(row => row.Fault.Line).Select(row => Encoding.UTF8.GetString(row.Line.Span)));
        Assert.All(room.Sink.Refused, row => Assert.True(row.Fault.Position > 0 && row.Source == "gateway"));
    }

    [Fact]
    public async Task Write_BadLinesAmongLinesThatAreNotCopied_HaveTheirPhysicalLine()
    {
        using var room = new GatewayRoom();

        await room.InfluxAsync($"\n\nplain,k=a n=1i {Now}\nplain,k=a n=1.5 {Now}\n\nplain,k=a d=1,n=2.5 {Now}\n");

        Assert.Equal([(4, 13), (6, 17)], room.Sink.Refused.Select(row => (row.Fault.Line, row.Fault.Position)));
    }

    [Theory]
    [InlineData("plain,k=a n=1i {0}\n\nplain,k=a n=2u {0}\nplain,k=a n=1.5 {0}\nbad\n", 4)]
    [InlineData("plain,k=a n=1i {0}\nplain,k=\"a\" n=2u {0}\nbad\nplain,k=a n=1.5 {0}\n", 3)]
    [InlineData("# only\n\nbad", 3)]
    [InlineData("plain n=1.5 {0}\n", 1)]
    public async Task Write_RejectABadLine_NamesTheFirstAndTakesNothing(string lines, int line)
    {
        using var room = new GatewayRoom(new GatewayOptions { OnBadLine = BadLine.Reject });

        WriteResult result = await room.InfluxAsync(lines.Replace("{0}", Now, StringComparison.Ordinal));

        Assert.Equal((WriteStatus.Invalid, line), (result.Status, result.Fault!.Line));
        Assert.Empty(room.Sink.Rows);
        Assert.Empty(room.Sink.Refused);
    }

    [Fact]
    public async Task Write_LinesWithoutATime_GetTheTimeOfArrival_AMicrosecondApart_OverAllPieces()
    {
        using var room = new GatewayRoom();
        const int Lines = 20_000;

        WriteResult result = await room.InfluxAsync(string.Concat(Enumerable.Range(0, Lines).Select(i => i % 5 == 0 ? $"plain,k=a n={i}u\n" : $"plain,k=a n={i}i\n")));

        Assert.Equal(Lines, result.Accepted);
        Assert.Equal(Enumerable.Range(0, Lines).Select(i => (double)i), room.Sink.Rows.Select(row => (row.Time - TestTable.Now).TotalMicroseconds));
        Assert.Equal(Enumerable.Range(0, Lines).Select(i => $"{i}"), room.Sink.Rows.Select(row => row["n"]!));
        Assert.InRange(room.Sink.Pieces.Count, 2, 6); // each piece of the text is handed on before the next one
    }

    [Theory]
    [InlineData(Precision.Seconds, "1700000000")]
    [InlineData(Precision.Milliseconds, "1700000000000")]
    [InlineData(Precision.Hours, "472222")]
    internal async Task Write_AnyPrecision_IsKept(Precision precision, string time)
    {
        using var room = new GatewayRoom();

        await room.InfluxAsync($"plain,k=a n=1u {time}\n", precision);

        Assert.InRange((TestTable.Now - Assert.Single(room.Sink.Rows).Time).TotalMinutes, 0, 59);
    }

    [Fact]
    public async Task Write_NoRoomForTheTranslation_Is503_AndTheSameFitsLater()
    {
        using var room = new GatewayRoom(new GatewayOptions { MaxBodyBytes = ByteSize.KiB(256), MaxBufferedBytes = ByteSize.MiB(1) });
        Assert.True(room.Budget.TryTake(1 << 20));
        WriteResult first = await room.InfluxAsync($"plain,k=a n=1u {Now}\n");
        room.Budget.Give(1 << 20);

        WriteResult second = await room.InfluxAsync($"plain,k=a n=1u {Now}\n");

        Assert.Equal((WriteStatus.Unavailable, WriteStatus.Accepted), (first.Status, second.Status));
        Assert.Contains("gateway.max_buffered_bytes", first.Reason, StringComparison.Ordinal);
        Assert.Equal(0, room.Budget.Taken);
    }

    [Fact]
    public async Task Write_InQuestDbsDialect_IsReadAsBefore()
    {
        using var room = new GatewayRoom();

        await room.WriteAsync($"# comment\nplain,k=a n=8u {Now}\nplain,k=a\\b n=1i {Now}\n");

        Assert.Equal(2, room.Sink.Refused.Count);
        Assert.Equal("ab", Assert.Single(room.Sink.Rows)["k"]);
    }
}
