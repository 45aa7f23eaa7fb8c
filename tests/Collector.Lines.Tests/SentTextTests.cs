using Collector.Lines;

namespace Collector.Tests.Lines;

public sealed class SentTextTests
{
    [Theory]
    [InlineData("[1,2.5,-3]", 1)]
    [InlineData("[[1,2],[3,4]]", 2)]
    [InlineData("[[[1],[2]],[[3],[4]],[[5],[6]]]", 3)]
    [InlineData("[1,null]", 1)]
    [InlineData("[]", 1)]
    [InlineData("[0.1,1E+300]", 1)]
    public void Of_AnArray_IsJsonThatMakesItAgain(string json, int dimensions)
    {
        byte[]? array = SentText.ToArray(json, dimensions);

        Assert.Equal(json, SentText.Of(ValueKinds.Array, array));
    }

    [Theory]
    [InlineData("[[1,2],[3]]", 2)]
    [InlineData("[1,2]", 2)]
    [InlineData("[[1]]", 1)]
    [InlineData("[\"a\"]", 1)]
    [InlineData("1", 1)]
    [InlineData("nonsense", 1)]
    [InlineData("[1]", 33)]
    [InlineData("[1]", 0)]
    public void ToArray_NoSuchArray_IsNull(string json, int dimensions) => Assert.Null(SentText.ToArray(json, dimensions));

    [Fact]
    public void Of_AnArrayOfManyEmptyOnes_EndsSoon() =>
        Assert.Equal("[]", SentText.Of(ValueKinds.Array, [(byte)'=', 0x0E, 10, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]));
}
