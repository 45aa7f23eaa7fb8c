using System.Text.Json;
using Collector.Sources.Http;

namespace Collector.Tests.Sources;

public sealed class JsonPointerTests
{
    /// <summary>RFC 6901, section 5.</summary>
    private const string Document = """{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8,"o":{"p":[{"q":9}]}}""";

    [Theory]
    [InlineData("/foo/0", "\"bar\"")]
    [InlineData("/", "0")]
    [InlineData("/a~1b", "1")]
    [InlineData("/c%d", "2")]
    [InlineData("/e^f", "3")]
    [InlineData("/g|h", "4")]
    [InlineData("/i\\j", "5")]
    [InlineData("/k\"l", "6")]
    [InlineData("/ ", "7")]
    [InlineData("/m~0n", "8")]
    [InlineData("/o/p/0/q", "9")]
    [InlineData("/foo/2", null)]
    [InlineData("/foo/-1", null)]
    [InlineData("/foo/bar", null)]
    [InlineData("/nothing/here", null)]
    [InlineData("/a~1b/c", null)]
    public void Find_Pointer_IsWhatTheStandardSays(string path, string? found)
    {
        using var document = JsonDocument.Parse(Document);

        Assert.Equal(found, JsonPointer.Find(document.RootElement, path)?.GetRawText());
    }

    [Fact]
    public void Find_Empty_IsTheWhole()
    {
        using var document = JsonDocument.Parse("[1]");

        Assert.Equal("[1]", JsonPointer.Find(document.RootElement, "")?.GetRawText());
    }
}
