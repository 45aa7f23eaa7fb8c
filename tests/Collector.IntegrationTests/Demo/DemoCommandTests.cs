using System.CommandLine;
using Demo;

namespace Collector.IntegrationTests.Demo;

public sealed class DemoCommandTests
{
    [Fact]
    public void Read_AllGiven_TakesThem()
    {
        ParseResult parsed = Parse("--port", "0", "--faults", "--seed", "9", "--speed", "2.5", "--catalog", "/tmp/c", "--push", "http://127.0.0.1:9465/write");

        Assert.Empty(parsed.Errors);
        Assert.Equal(
            new DemoOptions { Port = 0, Seed = 9, Speed = 2.5, Faults = true, Catalog = "/tmp/c", Push = new Uri("http://127.0.0.1:9465/write") },
            DemoCommand.Read(parsed));
    }

    [Fact]
    public void Read_NoneGiven_TakesTheDefaults()
    {
        ParseResult parsed = Parse();

        Assert.Empty(parsed.Errors);
        Assert.Equal(new DemoOptions(), DemoCommand.Read(parsed));
    }

    [Theory]
    [InlineData("--port", "65536")]
    [InlineData("--port", "")]
    [InlineData("--seed", "-1")]
    [InlineData("--speed", "0")]
    [InlineData("--speed", "NaN")]
    [InlineData("--catalog", "")]
    [InlineData("--push", "127.0.0.1:9465")]
    public void Parse_NoSense_NamesIt(string name, string value) =>
        Assert.Contains($"{name} {value}", Assert.Single(Parse(name, value).Errors).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("--colour", "red")]
    [InlineData("--port")]
    [InlineData("--port", "1", "--port", "2")]
    public void Parse_UnknownWithoutValueOrTwice_NamesTheOption(params string[] args) =>
        Assert.Contains(args[0], Parse(args).Errors[0].Message, StringComparison.Ordinal);

    private static ParseResult Parse(params string[] args) => DemoCommand.Create(_ => Task.FromResult(0)).Parse(args);
}
