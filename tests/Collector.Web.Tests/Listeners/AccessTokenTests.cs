using System.Text;
using Collector.Settings;
using Collector.Web.Listeners;

namespace Collector.Tests.Web.Listeners;

public sealed class AccessTokenTests
{
    private static readonly AccessToken Token = new(new Secret("s3cret:with=all"));

    [Theory]
    [InlineData("Bearer s3cret:with=all", true)]
    [InlineData("bearer s3cret:with=all", true)]
    [InlineData("Token s3cret:with=all", true)]
    [InlineData("Token any:s3cret:with=all", true)]
    [InlineData("Token any:s3cret:with=al", false)]
    [InlineData("Bearer any:s3cret:with=all", false)]
    [InlineData("Bearer s3cret:with=al", false)]
    [InlineData("Bearer s3cret:with=all1", false)]
    [InlineData("Bearer", false)]
    [InlineData("Bearer ", false)]
    [InlineData("s3cret:with=all", false)]
    [InlineData("Digest s3cret:with=all", false)]
    [InlineData("Basic s3cret:with=all", false)]
    [InlineData("Basic !!!", false)]
    [InlineData("", false)]
    public void Admits_AHeader_OnlyWithTheToken(string header, bool expected) => Assert.Equal(expected, Token.Admits(header));

    [Theory]
    [InlineData("anyone:s3cret:with=all", true)]
    [InlineData(":s3cret:with=all", true)]
    [InlineData("anyone:wrong", false)]
    [InlineData("s3cret:with=all", false)]
    [InlineData("", false)]
    public void Admits_Basic_WithTheTokenAsPassword(string pair, bool expected) =>
        Assert.Equal(expected, Token.Admits("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))));

    [Fact]
    public void Admits_Basic_WithTheTokenAsUser() =>
        Assert.True(new AccessToken(new Secret("t")).Admits("Basic " + Convert.ToBase64String("t:"u8)));

    [Theory]
    [InlineData("Bearer old", true)]
    [InlineData("Bearer new", true)]
    [InlineData("Token any:new", true)]
    [InlineData("Bearer old new", false)]
    [InlineData("Bearer old\nnew\n", false)]
    [InlineData("Bearer other", false)]
    public void Admits_OneOfSeveral(string header, bool expected) => Assert.Equal(expected, new AccessToken(new Secret("old\nnew\n")).Admits(header));
}
