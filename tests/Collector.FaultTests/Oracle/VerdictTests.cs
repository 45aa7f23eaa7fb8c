namespace Collector.FaultTests.Oracle;

/// <summary>An oracle that cannot find anything proves nothing: each kind of finding is found.</summary>
public sealed class VerdictTests
{
    private const long Bad = 7;
    private readonly Memory _memory = new();
    private readonly List<StoredNumber> _stored = [];
    private readonly List<(string, long)> _quarantined = [("t", Bad)];
    private bool _isTold = true;

    public VerdictTests()
    {
        _memory.Acknowledge("t", 1, 10);
        for (long number = 1; number <= 10; number++)
        {
            if (number != Bad)
            {
                _stored.Add(new StoredNumber("t", number, 1, IsWhole: true));
            }
        }
    }

    [Fact]
    public void Of_AllThereOnce_FindsNothing()
    {
        _stored.Add(new StoredNumber("t", 11, 1, IsWhole: true)); // written, and never acknowledged

        Assert.Empty(Findings());
    }

    [Fact]
    public void Of_AcknowledgedRowMissing_IsFound()
    {
        _stored.RemoveAt(2);

        Assert.Equal("1 rows acknowledged and not stored: t 3", Assert.Single(Findings()));
    }

    [Fact]
    public void Of_RowOfAnotherSeriesWithItsNumber_DoesNotStandForIt()
    {
        _stored[2] = _stored[2] with { Series = "u" };

        Assert.Contains("1 rows acknowledged and not stored: t 3", Findings());
    }

    [Fact]
    public void Of_RowTwice_IsFound()
    {
        _stored[2] = _stored[2] with { Times = 2 };

        Assert.Equal("1 rows stored more than once: t 3", Assert.Single(Findings()));
    }

    [Fact]
    public void Of_RowNeverAcknowledgedTwice_IsFound()
    {
        _stored.Add(new StoredNumber("t", 11, 2, IsWhole: true));

        Assert.Equal("1 rows stored more than once: t 11", Assert.Single(Findings()));
    }

    [Fact]
    public void Of_RowChanged_IsFound()
    {
        _stored[2] = _stored[2] with { IsWhole = false };

        Assert.Equal("1 rows stored with other values than were written: t 3", Assert.Single(Findings()));
    }

    [Fact]
    public void Of_BadRowNotInQuarantine_IsFound()
    {
        _quarantined.Clear();

        Assert.Equal("1 rows bad, acknowledged and not in quarantine: t 7", Assert.Single(Findings()));
    }

    [Fact]
    public void Of_BadRowTwiceInQuarantine_IsFound()
    {
        _quarantined.Add(("t", Bad));

        Assert.Equal("1 rows in quarantine more than once: t 7", Assert.Single(Findings()));
    }

    [Fact]
    public void Of_GoodRowInQuarantine_IsFound()
    {
        _quarantined.Add(("t", 3));

        Assert.Equal("1 rows good and in quarantine: t 3", Assert.Single(Findings()));
    }

    [Fact]
    public void Of_BadRowStored_IsFound()
    {
        _stored.Add(new StoredNumber("t", Bad, 1, IsWhole: true));

        Assert.Equal("1 rows bad and stored: t 7", Assert.Single(Findings()));
    }

    [Theory]
    [InlineData(true, true, 0)]
    [InlineData(false, true, 1)]
    [InlineData(false, false, 0)]
    public void Of_RowLostToDamage_IsExcusedWhereItIsTold(bool isTold, bool mustTell, int findings)
    {
        _stored.RemoveAt(2);
        _memory.Note(new Damage("/spool/t/1.seg", "Body", [("t", 3)], mustTell));
        _isTold = isTold;

        Assert.Equal(findings, Findings().Count);
    }

    [Fact]
    public void Of_RowLostBesideDamage_IsFound()
    {
        _stored.RemoveRange(2, 2);
        _memory.Note(new Damage("/spool/t/1.seg", "Body", [("t", 3)], MustTell: true));

        Assert.Equal("1 rows acknowledged and not stored: t 4", Assert.Single(Findings()));
    }

    [Fact]
    public void Of_BooksOnceWrong_IsFound()
    {
        _memory.Sample(new BooksSample("t", 0, 1, 1, 0, 0));
        _memory.Sample(new BooksSample("t", -1, 1, 1, 0, 0));

        Assert.StartsWith("the books do not add up: ", Assert.Single(Findings()), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_FaultOnTheWay_IsFound()
    {
        _memory.Fault("it ended by itself");

        Assert.Equal("it ended by itself", Assert.Single(Findings()));
    }

    private IReadOnlyList<string> Findings() =>
        Verdict.Of(_memory, new Evidence(_stored, _quarantined), (_, number) => number == Bad, _ => _isTold);
}
