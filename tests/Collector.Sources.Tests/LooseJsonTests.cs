using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Collector.Sources.Http;
using JsonValue = Collector.Sources.Http.JsonValue;

namespace Collector.Tests.Sources;

public sealed class LooseJsonTests
{
    private const int Cases = 2_000;

    [Theory]
    [InlineData("""{"a": NaN}""", """{"a": "\udfffNaN"}""")]
    [InlineData("""{"a":-Infinity,"b":[Infinity,nan , 1]}""", """{"a":"\udfff-Infinity","b":["\udfffInfinity","\udfffnan" , 1]}""")]
    [InlineData("""{"a": "NaN, -Infinity: \" NaN"}""", null)]
    [InlineData("""{"a": [0, -0, 1.5, -1.5e-7, 6.5536e+07, 1E9, true, false, null]}""", null)]
    [InlineData("""{"a": [01, +1, .5, 1., 1e, -, 1e+, 0x1F, tru]}""", """{"a": ["\udfff01", "\udfff+1", "\udfff.5", "\udfff1.", "\udfff1e", "\udfff-", "\udfff1e+", "\udfff0x1F", "\udffftru"]}""")]
    [InlineData("{\"a\": \"one\ntwo\"}", """{"a": "one\u000Atwo"}""")]
    [InlineData("""{"a": "C:\games\u12\"}""", """{"a": "C:\u005Cgames\u005Cu12\"}""")]
    [InlineData("""{"a": "\\", "b": "\"\/\b\f\n\r\t\u00e9\ud800"}""", null)]
    [InlineData("""{"a": 1 /* NaN " */, // "NaN" NaN""" + "\n \"b\": 2}", null)]
    [InlineData("\uFEFF{\"a\": 1}", "{\"a\": 1}")]
    [InlineData("\uFEFF", "")]
    [InlineData("", null)]
    [InlineData("\"cut off", null)]
    [InlineData("\"cut off\\", null)]
    [InlineData("/* cut off", null)]
    public void Mend_WritesWhatIsNoJsonAnew(string written, string? mended) => Assert.Equal(mended, Mended(Encoding.UTF8.GetBytes(written)));

    [Fact]
    public void Mend_AnyJson_LeavesEachByte()
    {
        var random = new Random(20_261_130);
        for (int i = 0; i < Cases; i++)
        {
            string json = Any(random, 4)?.ToJsonString(new JsonSerializerOptions { WriteIndented = i % 2 == 0 }) ?? "null";

            Assert.True(Mended(Encoding.UTF8.GetBytes(json)) is null, json);
        }
    }

    /// <summary>Whatever stands in place of a value of one's own, the page is read and the values beside it are as they were.</summary>
    [Fact]
    public void Mend_ABareWordAmongAnyJson_CostsThatValueAlone()
    {
        string[] words = ["NaN", "Infinity", "-Infinity", "nan", "inf", "undefined", "None", "+1", "01", "1_000", "-"];
        var random = new Random(20_261_130);
        for (int i = 0; i < Cases; i++)
        {
            (string before, string after) = (Any(random, 3)?.ToJsonString() ?? "null", Any(random, 3)?.ToJsonString() ?? "null");
            string word = words[random.Next(words.Length)];
            string mended = Mended(Encoding.UTF8.GetBytes($$"""{"before":{{before}},"word":{{word}},"after":{{after}}}"""))!;

            using var document = JsonDocument.Parse(mended);
            Assert.Equal(before, document.RootElement.GetProperty("before").GetRawText());
            Assert.Equal(after, document.RootElement.GetProperty("after").GetRawText());
            Assert.Equal(word, JsonValue.Shown(document.RootElement.GetProperty("word")));
            Assert.Null(JsonValue.Text(document.RootElement.GetProperty("word")));
        }
    }

    /// <summary>It ends on any bytes, within its bound, and mends nothing twice.</summary>
    [Fact]
    public void Mend_AnyBytes_EndsAndIsDone()
    {
        byte[] alphabet = Encoding.UTF8.GetBytes("\"\\/*{}[],:NaI-+.e01u \n\u0001é");
        var random = new Random(20_261_130);
        for (int i = 0; i < Cases; i++)
        {
            byte[] bytes = [.. Enumerable.Range(0, random.Next(40)).Select(_ => alphabet[random.Next(alphabet.Length)])];
            var once = new ArrayBufferWriter<byte>();
            if (LooseJson.Mend(bytes, once))
            {
                Assert.InRange(once.WrittenCount, 0, 9 * bytes.Length);
                Assert.Null(Mended(once.WrittenSpan));
            }
        }
    }

    private static string? Mended(ReadOnlySpan<byte> text)
    {
        var into = new ArrayBufferWriter<byte>();
        return LooseJson.Mend(text, into) ? Encoding.UTF8.GetString(into.WrittenSpan) : null;
    }

    private static JsonNode? Any(Random random, int depth) => random.Next(depth > 0 ? 8 : 6) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.NextInt64(long.MinValue, long.MaxValue),
        3 => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-300, 300)),
        4 or 5 => Text(random),
        6 => new JsonArray([.. Enumerable.Range(0, random.Next(5)).Select(_ => Any(random, depth - 1))]),
        _ => new JsonObject(Enumerable.Range(0, random.Next(5)).Select(i => KeyValuePair.Create(i + Text(random), Any(random, depth - 1)))),
    };

    private static string Text(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => (string[])["NaN", "\"", "\\", "/", "//", "/*", "\n", "\u0001", "é", "😀", "a", " ", ":", "-1", "\ufeff"]).Select(some => some[random.Next(some.Length)]));
}
