using System.Text;
using Collector.Settings.Logging;
using Microsoft.Extensions.Time.Testing;
using Serilog.Events;
using Serilog.Parsing;

namespace Collector.Tests.Settings.Logging;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain, Ünïcödé, 日本, 👍", "plain, Ünïcödé, 日本, 👍")]
    [InlineData("a\nb\rc\td\0e", "a\\nb\\rc\\td\\0e")]
    [InlineData("\u001b[31mred\u0007", "U+001B[31mredU+0007")]
    [InlineData("\u0085\u2028\u2029", "U+0085U+2028U+2029")]
    [InlineData("user\u202egnp.exe\u2066x\u2069", "userU+202Egnp.exeU+2066xU+2069")]
    [InlineData("a\u200bb\ufeffc\u00add", "aU+200BbU+FEFFcU+00ADd")]
    public void Of_AText_ShowsWhatCannotBeSeen(string text, string expected) => Assert.Equal(expected, VisibleText.Of(text));

    [Fact]
    public void Of_HalfOfASurrogatePair_ShowsThatThereWasOne() => Assert.Equal("half \ufffd of a pair", VisibleText.Of("half \ud800 of a pair"));

    [Fact]
    public void Of_BytesThatAreNotUtf8_AreShownAsSuch() => Assert.Equal("a\ufffdU+001B", VisibleText.Of("a\u00ff\u001b"u8.ToArray()[..1].Concat<byte>([0xff, 0x1b]).ToArray()));

    [Theory]
    [InlineData('a')]
    [InlineData('é')]
    [InlineData('日')]
    [InlineData('\u202e')]
    [InlineData('\n')]
    public void Of_ALongText_EndsWithin400Bytes(char c)
    {
        string shown = VisibleText.Of(new string(c, 1_000_000));

        Assert.InRange(Encoding.UTF8.GetByteCount(shown), 390, 403);
        Assert.EndsWith("…", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_ToATerminal_PassesItsOwnLinesAndShowsTheRest()
    {
        var terminal = new StringWriter { NewLine = "\n" };
        await using var writer = new VisibleWriter(terminal);

        writer.WriteLine("one\ttwo\u001b[2J");
        writer.Write("\rmoving \u202e👍");
        writer.Write('\u0007');
        await writer.WriteLineAsync(new string('x', 1000));
        writer.WriteLine($"{1}");

        Assert.Equal($"one\ttwoU+001B[2J\n\rmoving U+202E👍U+0007{new string('x', 1000)}\n1\n", terminal.ToString());
    }

    [Fact]
    public void Enrich_AnEvent_MakesItsTextsVisibleAndNothingElse()
    {
        var entry = new LogEvent(default, LogEventLevel.Warning, null, new MessageTemplateParser().Parse("{Evil} {Good} {Number} {Long}"), [
            new LogEventProperty("Evil", new ScalarValue("one\n2026-01-01 00:00:00.000 INF another")), new LogEventProperty("Good", new ScalarValue("good")),
            new LogEventProperty("Number", new ScalarValue(7)), new LogEventProperty("Long", new ScalarValue(new string('x', 1_000_000)))]);

        new VisibleProperties().Enrich(entry, null!);

        string line = entry.RenderMessage();
        Assert.StartsWith("\"one\\n2026-01-01 00:00:00.000 INF another\" \"good\" 7 \"xxx", line, StringComparison.Ordinal);
        Assert.InRange(line.Length, 1600, 1800);
    }

    [Fact]
    public void TryTake_AFlood_LetsSoManyThroughAndTellsOfTheOthersOnce()
    {
        var clock = new FakeTimeProvider();
        var budget = new LogBudget(clock, 3);

        Assert.Equal(3, Enumerable.Range(0, 10).Count(_ => budget.TryTake(out _)));
        clock.Advance(RepeatedLog.Pause);

        Assert.True(budget.TryTake(out int leftOut));
        Assert.Equal(7, leftOut);
        Assert.True(budget.TryTake(out leftOut));
        Assert.Equal(0, leftOut);
    }

    /// <summary>A character of two halves at the limit is left out whole.</summary>
    [Theory]
    [InlineData(9, "aaaaaaa…")]
    [InlineData(11, "aaaaaaa\U0001F600…")]
    public void Sentence_CutWithinACharacter_LeavesItOut(int most, string expected) =>
        Assert.Equal(expected, VisibleText.Sentence(" aaaaaaa\U0001F600bbb\n", most));

    [Fact]
    public void Sentence_OfSeveralLines_StandsOnOne() => Assert.Equal("a  b U+202E", VisibleText.Sentence("a\r\nb \u202E\n"));
}
