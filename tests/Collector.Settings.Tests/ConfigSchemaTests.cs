using System.Text.Json.Nodes;
using Collector.Settings;

namespace Collector.Tests.Settings;

public sealed class ConfigSchemaTests
{
    private static readonly JsonNode Schema = JsonNode.Parse(ConfigSchema.Of(
        typeof(SampleOptions),
        new Dictionary<string, IReadOnlyDictionary<string, Type>>(StringComparer.Ordinal) { ["sources"] = Bound.Types }))!;

    private static JsonNode Target => Schema["properties"]!["targets"]!["anyOf"]![0]!["properties"]!;

    [Fact]
    public void Of_Root_IsClosedAndNamesItsDraft()
    {
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", Schema["$schema"]!.GetValue<string>());
        Assert.False(Schema["additionalProperties"]!.GetValue<bool>());
        Assert.Equal(
            ["store", "spool", "listen", "labels", "tls", "targets", "sources"],
            Schema["properties"]!.AsObject().Select(property => property.Key), StringComparer.Ordinal);
    }

    [Fact]
    public void Of_Property_HasTypeDefaultLimitAndDescription() =>
        Assert.Equal(
            """{"type":"string","pattern":"^[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$","description":"Time between two readings. Limits: from 1s to 1h.","default":"10s"}""",
            Target["interval"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));

    [Theory]
    [InlineData("rows", """{"type":"integer","minimum":1,"maximum":100,"default":50}""")]
    [InlineData("offset", """{"type":"integer","minimum":0,"default":0}""")]
    [InlineData("ratio", """{"type":"number","minimum":0,"maximum":1,"default":0.5}""")]
    [InlineData("on_error", """{"enum":["refuse","drop_oldest",null]}""")]
    [InlineData("limit", """{"type":["integer","null"]}""")]
    [InlineData("suffix", """{"type":"string","default":"x"}""")]
    [InlineData("feed", """{"type":["string","null"],"pattern":"^(ws|wss)://"}""")]
    [InlineData("name", """{"type":"string","minLength":1}""")]
    public void Of_EachType_IsItsOwnSchema(string key, string schema) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(schema), Target[key]), Target[key]!.ToJsonString());

    [Fact]
    public void Of_Secret_LeavesRoomForItsSource() =>
        Assert.Equal("""{"type":["string","null"]}""", Schema["properties"]!["store"]!["properties"]!["questdb"]!["properties"]!["password"]!.ToJsonString());

    [Fact]
    public void Of_Choice_ListsTheNames() =>
        Assert.Equal("""{"enum":["refuse","drop_oldest"],"default":"refuse"}""", Schema["properties"]!["spool"]!["properties"]!["when_full"]!.ToJsonString());

    [Fact]
    public void Of_NestedRecord_HasTheDefaultsOfTheOuterOne() =>
        Assert.Equal("16MiB", Schema["properties"]!["spool"]!["properties"]!["segment"]!["default"]!.GetValue<string>());

    [Fact]
    public void Of_RequiredMember_IsRequired() =>
        Assert.Equal("""["url"]""", Schema["properties"]!["store"]!["properties"]!["questdb"]!["required"]!.ToJsonString());

    [Fact]
    public void Of_List_IsOneOrMoreWithItsCount()
    {
        JsonNode list = Schema["properties"]!["targets"]!["anyOf"]![1]!;

        Assert.Equal((1, 3), (list["minItems"]!.GetValue<int>(), list["maxItems"]!.GetValue<int>()));
    }

    [Fact]
    public void Of_TypedSection_HasEachType()
    {
        JsonNode sources = Schema["properties"]!["sources"]!;

        Assert.False(sources["additionalProperties"]!.GetValue<bool>());
        Assert.Equal("Options of the sample's host source.", sources["properties"]!["host"]!["description"]!.GetValue<string>());
        Assert.Equal("30s", sources["properties"]!["daemon"]!["anyOf"]![0]!["properties"]!["interval"]!["default"]!.GetValue<string>());
    }

    [Fact]
    public void Of_Summary_IsPlainText() =>
        Assert.Equal("Where rows go. Two kinds of store, see OverflowChoice.", Schema["properties"]!["store"]!["description"]!.GetValue<string>());
}
