namespace Collector.FaultTests.Oracle;

public sealed class ScheduleTests
{
    [Fact]
    public void Of_SameSeed_IsTheSame() => Assert.Equal(Schedule.Of(5, 30, _ => true), Schedule.Of(5, 30, _ => true));

    [Fact]
    public void Of_AnySeed_HasItsKillsAndEndsEachFault()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            IReadOnlyList<Step> steps = Schedule.Of(seed, 10, _ => true);

            Assert.InRange(steps.Sum(step => Schedule.Kills(step.Kind)), 10, 11);
            Assert.Equal(Count(steps, StepKind.DiskFull), Count(steps, StepKind.DiskRoom));
            Assert.Equal(Count(steps, StepKind.Way) + Count(steps, StepKind.WayRefused), Count(steps, StepKind.WayFree));
            Assert.Equal(
                Count(steps, StepKind.DatabaseKill) + Count(steps, StepKind.DatabaseStop) + Count(steps, StepKind.DatabasePause),
                Count(steps, StepKind.DatabaseBack));
        }
    }

    [Fact]
    public void Of_KindThatIsNotAble_IsLeftOut() =>
        Assert.DoesNotContain(Schedule.Of(5, 100, kind => kind != StepKind.DiskFull), step => step.Kind is StepKind.DiskFull or StepKind.DiskRoom);

    private static int Count(IReadOnlyList<Step> steps, StepKind kind) => steps.Count(step => step.Kind == kind);
}
