using System.Globalization;
using System.Text;
using Collector.Web.Exposition;
using FsCheck.Xunit;

namespace Collector.Tests.Web.Exposition;

public sealed class MetricTextTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.0, "0")]
    [InlineData(1, "1")]
    [InlineData(-1, "-1")]
    [InlineData(0.1, "0.1")]
    [InlineData(-0.000001, "-0.000001")]
    [InlineData(0.0000001, "1E-07")]
    [InlineData(0.1 + 0.2, "0.30000000000000004")]
    [InlineData(1767225600.123456, "1767225600.123456")]
    [InlineData(4503599627.370495, "4503599627.370495")]
    [InlineData(9007199254740993, "9007199254740992")]
    [InlineData(1e300, "1E+300")]
    [InlineData(double.MaxValue, "1.7976931348623157E+308")]
    [InlineData(double.Epsilon, "5E-324")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    public void Number_Value_IsSpelt(double value, string expected) => Assert.Equal(expected, Text(value));

    [Property(MaxTest = 2000)]
    public bool Number_AnyDouble_ReadsBack(double value) => ReadsBack(value);

    [Property(MaxTest = 2000)]
    public bool Number_AnyDecimal_ReadsBackAndIsAsShortAsCanBe(long mantissa, byte decimals)
    {
        double value = mantissa / Math.Pow(10, decimals % 9);
        string text = Text(value);
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        return ReadsBack(value) && (shortest.Contains('E', StringComparison.Ordinal) || text == shortest || value == 0);
    }

    [Theory]
    [InlineData(1, "1.0")]
    [InlineData(0.005, "0.005")]
    [InlineData(1e30, "1E+30")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    public void Bound_Value_HasAFraction(double value, string expected) => Assert.Equal(expected, MetricText.Bound(value));

    [Theory]
    [InlineData("a_b1", "a_b1")]
    [InlineData("a.b-c", "a_b_c")]
    [InlineData("é", "_")]
    [InlineData("1a", "_1a")]
    [InlineData("", "_")]
    public void Name_AnyText_IsLegal(string name, string expected) => Assert.Equal(expected, MetricText.Name(name));

    [Fact]
    public void Labels_LoneSurrogate_StaysValidText() =>
        Assert.Equal("{a=\"\uFFFD\"} ", Encoding.UTF8.GetString(MetricText.Labels([("a", "\uD800")])));

    [Fact]
    public void Labels_AllEmpty_AreASpace() => Assert.Equal(" ", Encoding.UTF8.GetString(MetricText.Labels([("a", ""), ("b", "")])));

    private static bool ReadsBack(double value) =>
        !double.IsFinite(value) || double.Parse(Text(value), CultureInfo.InvariantCulture) == value;

    private static string Text(double value)
    {
        Span<byte> to = stackalloc byte[MetricText.MaxNumberBytes];
        return Encoding.ASCII.GetString(to[..MetricText.Number(to, value)]);
    }
}
