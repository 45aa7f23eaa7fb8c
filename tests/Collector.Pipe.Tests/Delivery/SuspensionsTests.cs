using Collector.Pipe.Delivery;

namespace Collector.Tests.Pipe.Delivery;

public sealed class SuspensionsTests
{
    private static readonly DateTimeOffset Noticed = new(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1));

    [Fact]
    public void Changed_SetAndLift_EndWithTheNextChange()
    {
        var suspensions = new Suspensions();
        Task before = suspensions.Changed("t");

        Assert.True(suspensions.Set("t", "why"));
        Assert.True(before.IsCompleted);
        Assert.Equal("why", suspensions.Of("t"));
        Task after = suspensions.Changed("t");
        Assert.False(suspensions.Set("t", "why now"));
        Assert.False(suspensions.Lift("other"));
        Assert.False(after.IsCompleted);
        Assert.Equal("why now", suspensions.Problem);

        Assert.True(suspensions.Lift("t"));
        Assert.True(after.IsCompleted);
        Assert.Null(suspensions.Problem);
        Assert.False(suspensions.Lift("t"));
    }

    [Fact]
    public void Text_CauseAndRemedy_TellsTableTimeCauseAndWhatToDo() => Assert.Equal(
        "table t is suspended, noticed at 2026-01-02 02:04:05 UTC (the database says: DISK FULL: no  space); its rows are kept on disk: mend the cause, then run ALTER TABLE t RESUME WAL",
        SuspensionText.Of("t", Noticed, "DISK FULL: no\r\nspace\n", "ALTER TABLE t RESUME WAL"));

    [Fact]
    public void Text_NothingKnown_SaysSo() => Assert.Equal(
        "table t is suspended, noticed at 2026-01-02 02:04:05 UTC (the database gives no reason); its rows are kept on disk: mend the cause and resume the table",
        SuspensionText.Of("t", Noticed, "", null));
}
