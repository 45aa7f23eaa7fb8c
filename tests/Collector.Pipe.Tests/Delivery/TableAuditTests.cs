using Collector.Lines.Tables;
using Collector.Pipe.Delivery;

namespace Collector.Tests.Pipe.Delivery;

public sealed class TableAuditTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 0, 0, 0, TimeSpan.Zero);

    private readonly TableAudit _audit = new(new Ttl(7, TtlUnit.Day));

    [Fact]
    public void Look_FirstQuietOne_TellsNothing()
    {
        _audit.Look(Sample(100, 0), isQuiet: true);

        Assert.Null(_audit.Difference);
    }

    [Fact]
    public void Look_BothGrowAlike_IsZero()
    {
        Confirm();
        _audit.Look(Sample(110, 10), isQuiet: true);

        Assert.Equal(0, _audit.Difference);
    }

    [Theory]
    [InlineData(108, -2)]
    [InlineData(113, 3)]
    public void Look_TwoAgreeOnADifference_IsTold(long counted, long expected)
    {
        Confirm();
        _audit.Look(Sample(counted, 10), isQuiet: true);
        Assert.Equal(0, _audit.Difference);
        _audit.Look(Sample(counted + 5, 15), isQuiet: true);

        Assert.Equal(expected, _audit.Difference);
    }

    [Fact]
    public void Look_CountThatLagsOnce_IsNotTold()
    {
        Confirm();
        _audit.Look(Sample(105, 10), isQuiet: true);
        _audit.Look(Sample(110, 10), isQuiet: true);

        Assert.Equal(0, _audit.Difference);
    }

    [Fact]
    public void Look_BeginningThatTheNextLookContradicts_BeginsAnew()
    {
        _audit.Look(Sample(95, 0), isQuiet: true);
        _audit.Look(Sample(100, 0), isQuiet: true);
        Assert.Null(_audit.Difference);
        _audit.Look(Sample(100, 0), isQuiet: true);

        Assert.Equal(0, _audit.Difference);
    }

    [Fact]
    public void Look_StoreTableOrRequestInDoubt_TellsNothingUntilBegunAnew()
    {
        AuditSample sample = Sample(110, 10);
        foreach (AuditSample other in (AuditSample[])[sample with { Run = "later" }, sample with { TableId = 8 }, sample with { Given = sample.Given with { Doubts = 1 } }])
        {
            Confirm();
            _audit.Look(other, isQuiet: false);
            Assert.Null(_audit.Difference);
            _audit.Look(other with { Counted = 5 }, isQuiet: true);
            Assert.Null(_audit.Difference);
            _audit.Look(other with { Counted = 5 }, isQuiet: true);
            Assert.Equal(0, _audit.Difference);
        }
    }

    [Fact]
    public void Look_MoreTransactionsThanRequests_IsSomebodyElsesAndNotTold()
    {
        Confirm();
        _audit.Look(Sample(111, 10) with { Transactions = 12 }, isQuiet: true);

        Assert.Null(_audit.Difference);
    }

    [Fact]
    public void Look_OldestRowsGone_IsEvictionWhereTheyWereOldEnough()
    {
        Confirm(Now.AddDays(-8));
        _audit.Look(Sample(60, 10, Now.AddDays(-6)), isQuiet: true);
        Assert.Null(_audit.Difference);
    }

    [Fact]
    public void Look_YoungRowsGone_IsADifference()
    {
        Confirm(Now.AddDays(-5));
        _audit.Look(Sample(60, 10, null), isQuiet: true);
        _audit.Look(Sample(60, 10, null), isQuiet: true);

        Assert.Equal(-50, _audit.Difference);
    }

    [Fact]
    public void Difference_NoQuietLookForLong_IsNotTold()
    {
        Confirm();
        for (int i = 0; i < 11; i++)
        {
            _audit.Blind();
        }

        Assert.Equal(0, _audit.Difference);
        _audit.Look(Sample(105, 10), isQuiet: false);
        Assert.Null(_audit.Difference);
    }

    private static AuditSample Sample(long counted, long given) => Sample(counted, given, Now.AddDays(-1));

    private static AuditSample Sample(long counted, long given, DateTimeOffset? earliest) =>
        new("first", 7, counted, given, earliest, new TableTraffic(given, given, 0, 0, 0), Now);

    private void Confirm() => Confirm(Now.AddDays(-1));

    private void Confirm(DateTimeOffset earliest)
    {
        for (int i = 0; i < 3; i++)
        {
            _audit.Look(Sample(100, 0, earliest), isQuiet: true);
        }

        Assert.Equal(0, _audit.Difference);
    }
}
