using Collector.Capabilities.Status;
using Collector.Pipe.Delivery;
using Collector.Web.Exposition;

namespace Collector.Tests.Capabilities.Status;

public sealed class AttentionItemTests
{
    private static readonly Dictionary<string, long> None = new(StringComparer.Ordinal);
    private static readonly SourceState Up = new("daemon/a", "up", 10, null, 0.1, 5, 0, null, null);
    private static readonly SpoolState Calm = new(0, 0, 1000, 1 << 30, 1 << 30, SpoolTrend.Steady, null, "refuse");
    private static readonly TableState Balanced = new("t", "ok", null, 5, 0, 0, 5, 0, 0, 0, 0, None, 0);
    private static readonly QuarantineState Empty = new(0, 1000, 0, []);
    private static readonly DatabaseState Well = new("QuestDB at x", "ok", null, true, DateTimeOffset.UnixEpoch, true, "9.3", 0.1, 0.02, null, 0, 0, [], None);
    private static readonly PartState[] Ready = [new("sources", null), new("spool", null), new("store", null)];

    [Fact]
    public void Of_NothingWrong_IsEmpty() => Assert.Empty(Of());

    [Fact]
    public void Of_PartThatIsNotReady_HasTheWordsOfReadinessAndWhatToDo()
    {
        AttentionItem item = Assert.Single(Of(parts: [new("store", "QuestDB at x cannot be reached")]));

        Assert.Equal((Severity.Critical, "store", "QuestDB at x cannot be reached"), (item.Severity, item.About, item.What));
        Assert.Contains("collector doctor", item.Next, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_HaltedTables_AreEachToldOnce()
    {
        AttentionItem[] items = [.. Of(
            parts: [new("store", "table t is halted: bad")],
            tables: [Balanced with { State = "halted", Because = "bad" }, Balanced with { Table = "u", State = "halted", Because = "worse" }])];

        Assert.Equal(["table t is halted: bad", "table u is halted: worse"], items.Select(item => item.What));
    }

    [Fact]
    public void Of_ManyThings_ComeTheGravestFirst()
    {
        AttentionItem[] items = [.. Of(
            sources: [Up with { State = "down", LastError = "refused" }],
            tables: [Balanced with { Dropped = 3, DroppedBy = new Dictionary<string, long>(StringComparer.Ordinal) { ["oldest"] = 3, ["corrupt"] = 0 }, Remainder = -2 }],
            quarantine: new QuarantineState(10, 1000, 1, [new QuarantineTableState("t", 10, 1, [], "")]))];

        Assert.Equal([Severity.Critical, Severity.Critical, Severity.Warning, Severity.Note], items.Select(item => item.Severity));
        Assert.Equal(
            ["the books of t do not add up: -2 rows", "3 rows of t are lost (3 oldest)", "daemon/a: refused", "1 row is in quarantine"],
            items.Select(item => item.What));
    }

    [Theory]
    [InlineData(60, 1)]
    [InlineData(86_400, 0)]
    public void Of_SpoolThatFills_IsAWarningWhenItIsSoonFull(double seconds, int items) =>
        Assert.Equal(items, Of(spool: Calm with { Trend = SpoolTrend.Filling, SecondsToFull = seconds }).Count);

    [Fact]
    public void Of_FullSpool_IsCritical() => Assert.Equal(Severity.Critical, Assert.Single(Of(spool: Calm with { LeftBytes = 0 })).Severity);

    [Theory]
    [InlineData(2.5, "2.5 s ahead of")]
    [InlineData(-2.5, "2.5 s behind")]
    public void Of_ClockThatIsWrong_SaysWhichWay(double skew, string told) =>
        Assert.Contains(told, Assert.Single(Of(database: Well with { ClockSkewSeconds = skew })).What, StringComparison.Ordinal);

    [Fact]
    public void Of_DatabaseThatCannotBeWatched_IsAWarning() =>
        Assert.Contains("cannot be watched", Assert.Single(Of(database: Well with { IsSeen = false, ClockSkewSeconds = null })).What, StringComparison.Ordinal);

    private static IReadOnlyList<AttentionItem> Of(
        PartState[]? parts = null, SourceState[]? sources = null, SpoolState? spool = null, TableState[]? tables = null, QuarantineState? quarantine = null,
        DatabaseState? database = null) =>
        AttentionItem.Of(parts ?? Ready, sources ?? [Up], spool ?? Calm, tables ?? [Balanced], quarantine ?? Empty, database ?? Well);
}
