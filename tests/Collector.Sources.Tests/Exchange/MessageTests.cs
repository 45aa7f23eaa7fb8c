using System.Text;
using System.Text.Json;
using Collector.Sources.Exchange;

namespace Collector.Tests.Sources.Exchange;

/// <summary>What is read out of a message's bytes.</summary>
public sealed class MessageTests
{
    [Theory]
    [InlineData("""{"a":{"x":[1,2]},"b":[{"c":5},{"c":7}]}""", "/b/1/c", "7")]
    [InlineData("""{"a~b":{"c/d":"e"}}""", "/a~0b/c~1d", "e")]
    [InlineData("""[[0],[1,2]]""", "/1/1", "2")]
    [InlineData("""{"0":"name"}""", "/0", "name")]
    [InlineData("""{"b":[{"c":5},{"c":7}], cut off""", "/b/1/c", "7")]
    [InlineData("""{"b":[1]}""", "/b/1", null)]
    [InlineData("""{"b":[1]}""", "/b/c", null)]
    [InlineData("""{"b":1}""", "/b/c", null)]
    [InlineData("""{"a":{"b":1}}""", "/b", null)]
    [InlineData("""{"\ud800":{"\udc00":1},"b":2}""", "/b", "2")]
    [InlineData("pong", "/b", null)]
    [InlineData("", "/b", null)]
    public void Find_LooksTheValueUp(string message, string path, string? value)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(message), isFinalBlock: false, default);

        bool found = new MessagePath(path).Find(ref reader);

        Assert.Equal(value, found ? Encoding.UTF8.GetString(reader.ValueSpan) : null);
    }

    [Theory]
    [InlineData("1700000000123", nameof(TimeUnit.Ms), 123.0)]
    [InlineData("\"1700000000123\"", nameof(TimeUnit.Ms), 123.0)]
    [InlineData("1700000000123.5", nameof(TimeUnit.Ms), 123.5)]
    [InlineData("1700000000123500", nameof(TimeUnit.Us), 123.5)]
    [InlineData("\"1700000000123456700\"", nameof(TimeUnit.Ns), 123.4567)]
    [InlineData("1700000000", nameof(TimeUnit.S), 0.0)]
    [InlineData("\"1700000000.25\"", nameof(TimeUnit.S), 250.0)]
    [InlineData("\"2023-11-14T22:13:20.123456Z\"", nameof(TimeUnit.Iso8601), 123.456)]
    [InlineData("\"2023-11-15T00:13:20.5+02:00\"", nameof(TimeUnit.Iso8601), 500.0)]
    [InlineData("\"2023-11-14T22:13:20\"", nameof(TimeUnit.Iso8601), 0.0)]
    [InlineData("1700000000123", nameof(TimeUnit.Iso8601), null)]
    [InlineData("\"2023-11-14T22:13:20Z\"", nameof(TimeUnit.Ms), null)]
    [InlineData("\"\"", nameof(TimeUnit.Ms), null)]
    [InlineData("null", nameof(TimeUnit.Ms), null)]
    [InlineData("\"\\ud800\"", nameof(TimeUnit.Ms), null)]
    [InlineData("\"\\ud800\"", nameof(TimeUnit.Iso8601), null)]
    [InlineData("-5", nameof(TimeUnit.Ms), null)]
    [InlineData("1e300", nameof(TimeUnit.Ms), null)]
    [InlineData("9223372036854775807", nameof(TimeUnit.S), null)]
    public void EventTime_IsReadAsItIsWritten(string written, string unit, double? msAfter)
    {
        bool isRead = EventTime.TryRead(Encoding.UTF8.GetBytes($$"""{"t":{{written}}}"""), true, new MessagePath("/t"), Enum.Parse<TimeUnit>(unit), out DateTimeOffset time);

        Assert.Equal(msAfter, isRead ? Math.Round((time - DateTimeOffset.FromUnixTimeSeconds(1_700_000_000)).TotalMilliseconds, 3 + (unit == "Ns" ? 1 : 0)) : null);
    }

    [Theory]
    [InlineData("pong", "pong", true)]
    [InlineData("pong", "pong ", false)]
    [InlineData("/id={id}", """{"id":17}""", true)]
    [InlineData("/id={id}", """{"id":"17"}""", true)]
    [InlineData("/id={id}", """{"id":171}""", false)]
    [InlineData("/ok=false", """{"ok":false}""", true)]
    [InlineData("/ok=false", """{"ok":true}""", false)]
    [InlineData("/error", """{"error":{"code":1}}""", true)]
    [InlineData("/error", """{"error":null}""", false)]
    [InlineData("/error", "error", false)]
    [InlineData("/a=b", """{"a":"\ud800"}""", false)]
    [InlineData("/b=1 | /a=b", """{"a":"b"}""", true)]
    [InlineData("/b=1 | /a", """{"b":1}""", true)]
    [InlineData("/b=1 | /a", """{"b":2}""", false)]
    [InlineData("a | b", "a | b", true)]
    [InlineData("/a=b=c", """{"a":"b=c"}""", true)]
    public void Rule_KnowsItsMessage(string rule, string message, bool matches) =>
        Assert.Equal(matches, new MessageRule(rule).Matches(Encoding.UTF8.GetBytes(message), "17"u8));
}
