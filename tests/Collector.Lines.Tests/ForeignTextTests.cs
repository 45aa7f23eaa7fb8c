using System.Text;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Tests.Lines;

public sealed class ForeignTextTests
{
    [Theory]
    [InlineData("", "nothing")]
    [InlineData("a b", "'a b'")]
    [InlineData("a\tb\0", "'a\\tb\\0'")]
    [InlineData("ü€😀", "'ü€😀'")]
    public void Show_AText_IsInQuotesWithoutControls(string text, string expected)
    {
        Assert.Equal(expected, ForeignText.Show(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(expected, ForeignText.Show(text));
    }

    [Theory]
    [InlineData('a')]
    [InlineData('€')]
    public void Show_ALongText_IsCutAfter64Characters(char letter)
    {
        string expected = $"'{new string(letter, 64)}…'";

        Assert.Equal(expected, ForeignText.Show(Encoding.UTF8.GetBytes(new string(letter, 65))));
        Assert.Equal(expected, ForeignText.Show(Encoding.UTF8.GetBytes(new string(letter, 100_000))));
        Assert.Equal($"'{new string(letter, 64)}'", ForeignText.Show(Encoding.UTF8.GetBytes(new string(letter, 64))));
    }

    [Theory]
    [InlineData("a", false)]
    [InlineData("€", false)]
    [InlineData("€", true)]
    [InlineData("😀", true)]
    public void Name_OfTheLongestThatThereIsAndBeyond_IsWholeOrStillTooLong(string letter, bool isEscaped)
    {
        string longest = string.Concat(Enumerable.Repeat(letter, Names.MaxLength / letter.Length));

        Assert.Equal(longest, ForeignText.Name(Written(longest, isEscaped)));
        foreach (int times in (int[])[Names.MaxLength + 1, 300, 400, 100_000])
        {
            string name = ForeignText.Name(Written(string.Concat(Enumerable.Repeat(letter, times)), isEscaped));
            Assert.InRange(name.Length, Names.MaxLength + 1, ForeignText.NameBytes);
            Assert.Matches("^the name has (more than 254|[0-9]{3}) characters, at most 127 are allowed$", Names.ColumnProblem(name));
            Assert.True(name.Length == times * letter.Length || name.Length > 2 * Names.MaxLength);
        }
    }

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

    private static byte[] Written(string name, bool isEscaped)
    {
        byte[] plain = Encoding.UTF8.GetBytes(name);
        return isEscaped ? [.. plain.SelectMany(value => (byte[])[(byte)'\\', value])] : plain;
    }
}
