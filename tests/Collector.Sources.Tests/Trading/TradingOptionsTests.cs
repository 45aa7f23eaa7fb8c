using Collector.Settings;
using Collector.Sources.Trading;

namespace Collector.Tests.Sources.Trading;

public sealed class TradingOptionsTests
{
    private static readonly Uri Page = new("http://127.0.0.1:8090/strategies");

    [Fact]
    public void Check_PageOrPush_HasNoFault()
    {
        Assert.Empty(new TradingOptions { Url = Page, Strategies = "/all", Fields = Map("pnl", "/p"), DrawdownUnit = DrawdownUnit.Percent }.Check());
        Assert.Empty(new TradingOptions { Push = true }.Check());
    }

    [Fact]
    public void Check_NeitherPageNorPush_AsksForOne() =>
        Assert.Equal("url is missing; give the page of strategies, or set push: true for strategies that push to the gateway", Faults(new TradingOptions()));

    [Fact]
    public void Check_PageAndPush_AsksForTwoSources() =>
        Assert.StartsWith("push does not go with url", Faults(new TradingOptions { Url = Page, Push = true }), StringComparison.Ordinal);

    [Fact]
    public void Check_PushWithWhatIsOfAPage_IsNotIgnored()
    {
        TradingOptions push = new() { Push = true };

        Assert.All(
            [push with { Strategies = "/all" }, push with { Fields = Map("pnl", "/p") }, push with { DrawdownUnit = DrawdownUnit.Percent }],
            options => Assert.StartsWith("push does not go with strategies, fields or drawdown_unit", Faults(options), StringComparison.Ordinal));
    }

    [Fact]
    public void Check_Credentials_AreWholeAndOfAPage()
    {
        var page = new TradingOptions { Url = Page };
        Assert.Equal("", Faults(page with { Username = "me", Password = new Secret("x") }));
        Assert.Equal("password needs both username and password", Faults(page with { Password = new Secret("x") }));
        Assert.StartsWith("token cannot be sent together", Faults(page with { Token = new Secret("x"), Username = "me", Password = new Secret("x") }), StringComparison.Ordinal);
        Assert.StartsWith("push does not go with token", Faults(new TradingOptions { Push = true, Token = new Secret("x") }), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_PointersAndFields_AreHeldToTheirForm()
    {
        Assert.StartsWith("strategies all is no JSON pointer", Faults(new TradingOptions { Url = Page, Strategies = "all" }), StringComparison.Ordinal);
        Assert.StartsWith("fields.profit is no field of a strategy; known here: drawdown, equity,", Faults(new TradingOptions { Url = Page, Fields = Map("profit", "/p") }), StringComparison.Ordinal);
        Assert.StartsWith("fields.pnl p is no JSON pointer", Faults(new TradingOptions { Url = Page, Fields = Map("pnl", "p") }), StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Map(string field, string pointer) => new(StringComparer.Ordinal) { [field] = pointer };

    private static string Faults(TradingOptions options) => string.Join('\n', options.Check().Select(fault => $"{fault.Key} {fault.Problem}"));
}
