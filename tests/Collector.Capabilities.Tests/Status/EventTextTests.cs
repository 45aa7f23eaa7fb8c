using System.Text;
using Collector.Capabilities.Status;
using Collector.Capabilities.Status.Live;

namespace Collector.Tests.Capabilities.Status;

public sealed class EventTextTests
{
    [Fact]
    public void Of_Json_IsOneEvent() =>
        Assert.Equal("event: status\ndata: {\"a\":1}\n\n", Encoding.UTF8.GetString(EventText.Of("status", "{\"a\":1}"u8)));

    [Theory]
    [InlineData("{\n}")]
    [InlineData("{\r}")]
    public void Of_DataWithALineBreak_IsRefused(string json) =>
        Assert.Throws<ArgumentException>(() => EventText.Of("status", Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("daemon_metrics", "daemon_metrics")]
    [InlineData("~unknown", "'~unknown'")]
    [InlineData("a b; rm -rf /", "'a b; rm -rf /'")]
    [InlineData("it's", @"'it'\''s'")]
    [InlineData("-rf", "'-rf'")]
    [InlineData("", "''")]
    public void ShellWord_AnyName_IsOneWord(string name, string word) => Assert.Equal(word, ShellWord.Of(name));
}
