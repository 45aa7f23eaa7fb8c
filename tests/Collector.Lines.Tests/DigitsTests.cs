using System.Globalization;
using System.Text;
using Collector.Lines;
using FsCheck.Xunit;

namespace Collector.Tests.Lines;

public sealed class DigitsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(99_999_999)]
    [InlineData(100_000_000)]
    [InlineData(9_999_999_999_999_999)]
    [InlineData(10_000_000_000_000_000)]
    [InlineData(10_000_000_100_000_000)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    public void Write_Bounds_AreWrittenAsTheFrameworkDoes(long value) => Same(value);

    [Property(MaxTest = 10_000)]
    public void Write_AnyLong_IsWrittenAsTheFrameworkDoes(long value, byte shift) => Same(value >> (shift % 64));

    [Fact]
    public void Write_EveryNumberOfFewDigits_IsWrittenAsTheFrameworkDoes()
    {
        for (long value = 0; value < 100_000; value++)
        {
            Same(value);
            Same((value * 1000) + 1);
        }
    }

    private static void Same(long value)
    {
        Span<byte> text = stackalloc byte[Digits.Room];
        int length = Digits.Write(value, ref text[0]);
        Assert.Equal(value.ToString(CultureInfo.InvariantCulture), Encoding.ASCII.GetString(text[..length]));
    }
}
