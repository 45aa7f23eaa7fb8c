using Collector.Settings;

namespace Collector.Tests.Settings;

public sealed class ScalarTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("10s", 10_000)]
    [InlineData("5m", 300_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("7d", 604_800_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("0s", 0)]
    public void Durations_NumberAndUnit_AreRead(string text, long milliseconds) =>
        Assert.Equal(Parsed.Right(TimeSpan.FromMilliseconds(milliseconds)), Durations.Parse(text));

    [Theory]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("")]
    [InlineData("-1s")]
    [InlineData("10 parsecs")]
    [InlineData("1m30s")]
    [InlineData("10S")]
    [InlineData("99999999999999d")]
    [InlineData("1,5s")]
    public void Durations_AnythingElse_IsAProblem(string text) => Assert.NotNull(Durations.Parse(text).Problem);

    [Theory]
    [InlineData("0s")]
    [InlineData("90s")]
    [InlineData("2m")]
    [InlineData("7d")]
    [InlineData("250ms")]
    public void Durations_Written_AreTheShortestExactForm(string text) =>
        Assert.Equal(text, Durations.Write((TimeSpan)Durations.Parse(text).Value!));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("4096", 4096)]
    [InlineData("12B", 12)]
    [InlineData("64KiB", 65536)]
    [InlineData("64kib", 65536)]
    [InlineData("10MB", 10_000_000)]
    [InlineData("1GiB", 1073741824)]
    [InlineData("1.5KiB", 1536)]
    [InlineData("2TiB", 2199023255552)]
    public void ByteSize_NumberAndUnit_IsRead(string text, long bytes) =>
        Assert.Equal(Parsed.Right(new ByteSize(bytes)), ByteSize.Parse(text));

    [Theory]
    [InlineData("64K")]
    [InlineData("-1")]
    [InlineData("KiB")]
    [InlineData("1 GiB")]
    [InlineData("0.5B")]
    [InlineData("99999999999TiB")]
    [InlineData("lots")]
    public void ByteSize_AnythingElse_IsAProblem(string text) => Assert.NotNull(ByteSize.Parse(text).Problem);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(65536, "64KiB")]
    [InlineData(10_000_000, "10MB")]
    [InlineData(1073741824, "1GiB")]
    [InlineData(1001, "1001")]
    public void ByteSize_Written_HasTheLargestUnitThatDividesIt(long bytes, string text) =>
        Assert.Equal(text, new ByteSize(bytes).ToString());

    [Theory]
    [InlineData("127.0.0.1:9464", "127.0.0.1", 9464, true)]
    [InlineData("localhost:80", "localhost", 80, true)]
    [InlineData("[::1]:9464", "::1", 9464, true)]
    [InlineData("0.0.0.0:9464", "0.0.0.0", 9464, false)]
    [InlineData("db.example.org:0", "db.example.org", 0, false)]
    public void HostPort_HostAndPort_IsReadAndWrittenBack(string text, string host, int port, bool isLoopback)
    {
        HostPort place = Assert.IsType<HostPort>(HostPort.Parse(text).Value);

        Assert.Equal((host, port, isLoopback, text), (place.Host, place.Port, place.IsLoopback, place.ToString()));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData(":9464")]
    [InlineData("host:")]
    [InlineData("host:65536")]
    [InlineData("::1:9464")]
    [InlineData("[host]:1")]
    [InlineData("a b:1")]
    [InlineData("http://host:1")]
    public void HostPort_AnythingElse_IsAProblem(string text) => Assert.NotNull(HostPort.Parse(text).Problem);

    [Theory]
    [InlineData("htp//x")]
    [InlineData("/var/run")]
    [InlineData("localhost:9000")]
    [InlineData("http://")]
    [InlineData("http://admin:quest@db:9000")]
    public void WebAddress_NoPlainAbsoluteAddress_IsAProblem(string text) => Assert.NotNull(WebAddress.Parse(text).Problem);

    [Theory]
    [InlineData("http://admin:qu?est@db:9000/x", "http://***@db:9000/x")]
    [InlineData("admin:quest@db", "***@db")]
    [InlineData("htp:/db?token=abc", "htp:/db?***")]
    public void WebAddress_Masked_HidesCredentials(string text, string shown) => Assert.Equal(shown, WebAddress.Masked(text));

    [Theory]
    [InlineData("DropOldest", "drop_oldest")]
    [InlineData("HTTPPort", "http_port")]
    [InlineData("P99Latency", "p99_latency")]
    [InlineData("Url", "url")]
    public void SnakeCase_OfAName_IsTheKey(string name, string key) => Assert.Equal(key, SnakeCase.Of(name));

    [Theory]
    [InlineData("intervall", "interval")]
    [InlineData("intrevla", "interval")]
    [InlineData("Interval", "interval")]
    [InlineData("when-full", "when_full")]
    [InlineData("comp", "compress")]
    [InlineData("compress_rows", "compress")]
    [InlineData("colour", null)]
    [InlineData("x", null)]
    public void NearestName_OfAMisspeltName_IsTheOneMeant(string written, string? meant) =>
        Assert.Equal(meant, NearestName.Of(written, ["interval", "when_full", "compress"]));

    [Theory]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "acb", 1)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    public void Distance_BetweenNames_CountsSlips(string from, string to, int slips) => Assert.Equal(slips, NearestName.Distance(from, to));
}
