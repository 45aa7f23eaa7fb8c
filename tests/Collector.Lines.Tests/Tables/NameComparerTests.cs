using Collector.Lines.Tables;

namespace Collector.Tests.Lines.Tables;

/// <summary>As measured on QuestDB 9.3.4: <c>CREATE TABLE</c> of one and then of the other.</summary>
public sealed class NameComparerTests
{
    [Theory]
    [InlineData("k", "\u212a")]
    [InlineData("i", "İ")]
    [InlineData("ß", "ẞ")]
    [InlineData("å", "\u212b")]
    [InlineData("ω", "\u2126")]
    [InlineData("θ", "\u03f4")]
    [InlineData("Σ", "σ")]
    [InlineData("Ж", "ж")]
    [InlineData("É", "é")]
    [InlineData("ǆ", "ǅ")]
    public void Equals_OneTableInTheDatabase_IsOneName(string one, string other)
    {
        Assert.Equal("a" + one, "a" + other, NameComparer.Instance);
        Assert.Equal(NameComparer.Instance.GetHashCode(one), NameComparer.Instance.GetHashCode(other));
        Assert.Equal(NameComparer.Fold(one), NameComparer.Fold(other), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("s", "ſ")]
    [InlineData("i", "ı")]
    [InlineData("I", "ı")]
    [InlineData("σ", "ς")]
    [InlineData("µ", "μ")]
    [InlineData("\u0345", "ι")]
    [InlineData("\U00010400", "\U00010428")]
    public void Equals_TwoTablesInTheDatabase_AreTwoNames(string one, string other)
    {
        Assert.NotEqual("a" + one, "a" + other, NameComparer.Instance);
        Assert.NotEqual(NameComparer.Fold(one), NameComparer.Fold(other), StringComparer.Ordinal);
    }

    [Fact]
    public void Equals_AnyTwoLetters_AreOneNameIfTheyFoldAlike()
    {
        for (char letter = '\0'; letter < char.MaxValue; letter++)
        {
            string one = letter.ToString();
            foreach (string other in new[] { one.ToUpperInvariant(), one.ToLowerInvariant(), NameComparer.Fold(one) })
            {
                bool isOne = NameComparer.Fold(one) == NameComparer.Fold(other);
                Assert.True(isOne == NameComparer.Instance.Equals(one, other), $"U+{(int)letter:X4} {other}");
            }
        }
    }
}
