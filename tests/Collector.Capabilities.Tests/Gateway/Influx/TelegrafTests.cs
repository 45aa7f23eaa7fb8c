using Collector.Capabilities.Gateway;
using Collector.Lines;

namespace Collector.Tests.Capabilities.Gateway.Influx;

/// <summary>
/// What Telegraf's influx serializer writes, byte by byte (plugins/serializers/influx and its tests): tags sorted, names and tags
/// escaped with <c>\,</c> <c>\=</c> <c>\ </c> and, for a line break or a tab, with the two characters <c>\n</c>, <c>\t</c>.
/// </summary>
public sealed class TelegrafTests
{
    [Theory]
    [InlineData("cpu value=42 0\n", "cpu: value=42")]
    [InlineData("cpu,cpu=CPU0,host=localhost value=42 0\n", "cpu: cpu=CPU0 host=localhost value=42")]
    [InlineData("cpu x=42,y=42 0\n", "cpu: x=42 y=42")]
    [InlineData("cpu value=42i 0\n", "cpu: value=42")]
    [InlineData("cpu value=42u 0\n", "cpu: value=42")]
    [InlineData("cpu value=9223372036854775807i 0\n", "cpu: value=9223372036854775807")]
    [InlineData("cpu value=true 0\n", "cpu: value=true")]
    [InlineData("cpu value=\"howdy\" 0\n", "cpu: value=howdy")]
    [InlineData("cpu value=\"x\ny\" 0\n", "cpu: value=x\ny")]
    [InlineData("c\\npu value=42i 0\n", "c_npu: value=42")]
    [InlineData("cpu,host=x\\ny value=42i 0\n", "cpu: host=x\\ny value=42")]
    [InlineData("win_disk,instance=C:,objectname=Logical\\ Disk Free_Megabytes=1.5 0\n", "win_disk: instance=C: objectname=Logical Disk Free_Megabytes=1.5")]
    [InlineData("cpu,a\\=b=c\\,d value=\"quote \\\" and \\\\ slash\" 0\n", "cpu: a=b=c,d value=quote \" and \\ slash")]
    [InlineData("sysctl_fs,host=a dentry-age-limit=45i,file-max=814421i 0\n", "sysctl_fs: host=a dentry_age_limit=45 file_max=814421")]
    public async Task Write_WhatTelegrafSerializes_IsStored(string line, string expected)
    {
        using var room = new GatewayRoom();

        WriteResult result = await room.InfluxAsync(line);

        Assert.Equal((1, 0), (result.Accepted, result.Quarantined));
        Collector.Testing.WrittenRow row = Assert.Single(room.Sink.Rows);
        Assert.Equal(expected, $"{row.Table}: {string.Join(' ', row.Values.Select(value => $"{value.Key}={value.Value}"))}");
        Assert.Equal(DateTimeOffset.UnixEpoch, row.Time);
    }

    [Fact]
    public async Task Write_AnUnsignedIntegerThatLongCannotHold_IsABadLineOfItsOwn()
    {
        using var room = new GatewayRoom();

        await room.InfluxAsync("cpu value=18446744073709551615u 0\ncpu value=7u 1\n");

        Assert.Equal("7", Assert.Single(room.Sink.Rows)["value"]);
        Assert.Equal(LineFaultKind.Value, Assert.Single(room.Sink.Refused).Fault.Kind);
    }
}
