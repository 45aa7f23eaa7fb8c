using Collector.Lines;

namespace Collector.Tests.Lines;

public sealed class ForeignTextTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", "")]
    [InlineData("four", "four")]
    [InlineData("five!", "five…")]
    [InlineData("abc😀", "abc…")]
    [InlineData("ab😀", "ab😀")]
    public void Fit_IsTextOfAtMostThatLength(string? text, string? fit) => Assert.Equal(fit, ForeignText.Fit(text, 4));

    [Fact]
    public void Fit_HalfOfASurrogatePair_BecomesAReplacementCharacter()
    {
        // Not as InlineData, which would hold it as UTF-8.
        Assert.Equal("a\uFFFDb", ForeignText.Fit("a\ud800b", 4));
        Assert.Equal("\uFFFD", ForeignText.Fit("\udc00", 4));
    }
}
