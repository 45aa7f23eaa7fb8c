using Demo;

namespace Collector.IntegrationTests.Demo;

public sealed class DemoOptionsTests
{
    [Fact]
    public void TryParse_AllGiven_TakesThem()
    {
        string[] args = ["--port", "0", "--faults", "--seed", "9", "--speed", "2.5", "--catalog", "/tmp/c", "--push", "http://127.0.0.1:9465/write"];

        Assert.True(DemoOptions.TryParse(args, out DemoOptions? options, out _));

        Assert.Equal(
            new DemoOptions { Port = 0, Seed = 9, Speed = 2.5, Faults = true, Catalog = "/tmp/c", Push = new Uri("http://127.0.0.1:9465/write") },
            options);
    }

    [Theory]
    [InlineData("--port", "65536")]
    [InlineData("--port", "")]
    [InlineData("--seed", "-1")]
    [InlineData("--speed", "0")]
    [InlineData("--speed", "NaN")]
    [InlineData("--catalog", "")]
    [InlineData("--push", "127.0.0.1:9465")]
    [InlineData("--colour", "red")]
    public void TryParse_NoSense_NamesIt(string name, string value)
    {
        Assert.False(DemoOptions.TryParse([name, value], out _, out string? fault));
        Assert.Contains($"{name} {value}", fault, StringComparison.Ordinal);
    }
}
