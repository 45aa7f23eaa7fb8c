using Demo;

namespace Collector.IntegrationTests.Demo;

public sealed class DemoOptionsTests
{
    [Fact]
    public void TryParse_AllGiven_TakesThem()
    {
        Assert.True(DemoOptions.TryParse(["--port", "0", "--seed", "9", "--speed", "2.5"], out DemoOptions? options, out _));
        Assert.Equal(new DemoOptions { Port = 0, Seed = 9, Speed = 2.5 }, options);
    }

    [Theory]
    [InlineData("--port", "65536")]
    [InlineData("--port", "")]
    [InlineData("--seed", "-1")]
    [InlineData("--speed", "0")]
    [InlineData("--speed", "NaN")]
    [InlineData("--colour", "red")]
    public void TryParse_NoSense_NamesIt(string name, string value)
    {
        Assert.False(DemoOptions.TryParse([name, value], out _, out string? fault));
        Assert.Contains($"{name} {value}", fault, StringComparison.Ordinal);
    }
}
