using Collector.Sources.Gaps;

namespace Collector.Tests.Sources.Gaps;

/// <summary>A record is expected every 100 s, so that a silence of more than 150 s is a gap.</summary>
public sealed class GapLedgerTests
{
    private readonly LedgerRoom _room = new();

    [Fact]
    public void Judge_SilenceUpToTheThreshold_IsNoGap()
    {
        _room.Look(0, 0, 0);
        _room.Look(150, 0);
        Assert.Empty(_room.Told);

        _room.Look(150.001, 0);

        GapReport open = Assert.Single(_room.Told).Report;
        Assert.Equal(("open", LedgerRoom.Wall(0), null, 150.001, 100d, 1L), (open.State, open.OpenedAt, open.ClosedAt, open.Duration.TotalSeconds, open.Expected.TotalSeconds, open.Missing));
    }

    [Fact]
    public void Gap_OpenForMinutes_IsTheSameInOneRowAMinuteAndTheClosing()
    {
        _room.Look(0, 0, 0);
        for (int second = 30; second <= 420; second += 30)
        {
            _room.Look(second, 0);
        }

        _room.Look(425, 1, 421);

        Assert.Equal([180d, 240, 300, 360, 420, 425], _room.Told.Select(told => told.At));
        Assert.Equal([1L, 2, 3, 3, 4, 3], _room.Told.Select(told => told.Report.Missing!.Value)); // the record after 421 s is the one of 400 s, late
        GapReport closed = Assert.Single(_room.Gaps());
        Assert.Equal(("closed", 0d, 421d, 421d), (closed.State, LedgerRoom.Second(closed.OpenedAt), LedgerRoom.Second(closed.ClosedAt!.Value), closed.Duration.TotalSeconds));
        Assert.StartsWith("test/a-", closed.Id, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_NoRecordWasEverSeen_CountsFromTheBeginningOfTheWatch()
    {
        _room.Look(20, 0);
        _room.Look(160, 0);
        Assert.Empty(_room.Told);

        _room.Look(180, 0);

        Assert.Equal(20, LedgerRoom.Second(Assert.Single(_room.Told).Report.OpenedAt));
    }

    [Fact]
    public void See_FirstLookTellsAnOldRecord_IsAGapAtOnce()
    {
        _room.Look(1_000, 0, 200);

        Assert.Equal((200d, 8L), (LedgerRoom.Second(Assert.Single(_room.Told).Report.OpenedAt), _room.Told[0].Report.Missing));
    }

    [Theory]
    [InlineData(-500, 400)] // a clock that lags: not before the look that did not see it
    [InlineData(460, 460)]
    [InlineData(900, 490)] // a clock that is ahead: not after now
    public void See_RecordTimedByAWrongClock_CameBetweenTheTwoLooks(double told, double at)
    {
        _room.Look(0, 0, 0);
        _room.Look(400, 0);

        _room.Look(490, 1, told);

        Assert.Equal(at, LedgerRoom.Second(Assert.Single(_room.Gaps()).ClosedAt!.Value));
    }

    [Fact]
    public void Judge_NothingCanBeSeen_OpensTheGapAllTheSameAndCreditsWhatCameMeanwhile()
    {
        _room.Look(0, 1);
        for (int second = 30; second <= 960; second += 30)
        {
            _room.Judge(second, sawAll: false);
        }

        Assert.True(_room.IsOpen(LedgerRoom.X));
        _room.Look(1_000, 7);

        GapReport closed = Assert.Single(_room.Gaps());
        Assert.Equal(("closed", 3L), (closed.State, closed.Missing)); // ten were expected, seven came
    }

    [Theory]
    [InlineData(1, 4)]     // five expected, one came
    [InlineData(500, 4)]   // all at once behind a gap that was watched: not those that were missing
    [InlineData(null, 4)]
    public void See_GapThatWasWatched_CountsTheIntervalsLessTheRecordThatEndedIt(int? records, long missing)
    {
        _room.Look(0, 1);
        _room.Look(480, 0);

        _room.Look(500, records);

        Assert.Equal(missing, Assert.Single(_room.Gaps()).Missing);
    }

    [Fact]
    public void Restart_OpenGap_StaysOpenUnderItsId()
    {
        _room.Look(0, 0, 0);
        _room.Look(200, 0);

        _room.Restart(500);
        _room.Look(500, 0);
        _room.Look(530, 1);

        Assert.Equal(["open", "open", "closed"], _room.Told.Select(told => told.Report.State));
        GapReport closed = Assert.Single(_room.Gaps());
        Assert.Equal((0d, 530d, 4L), (LedgerRoom.Second(closed.OpenedAt), closed.Duration.TotalSeconds, closed.Missing));
    }

    [Fact]
    public void Restart_RecordsCameMeanwhile_IsNoGap()
    {
        _room.Look(0, 1);

        _room.Restart(5_000);
        _room.Look(5_000, 50);
        _room.Look(5_100, 1);

        Assert.Empty(_room.Told);
    }

    [Fact]
    public void Restart_NothingCameMeanwhile_IsAGapFromTheLastRecord()
    {
        _room.Look(0, 1);

        _room.Restart(5_000);
        _room.Look(5_000, 0);

        Assert.Equal((0d, 50L), (LedgerRoom.Second(Assert.Single(_room.Told).Report.OpenedAt), _room.Told[0].Report.Missing));
    }

    [Fact]
    public void Restart_NothingCanBeSeen_CountsOnlyTheSilenceThatWasLookedAt()
    {
        _room.Look(0, 1);
        _room.Look(100, 0);

        _room.Restart(5_000);
        _room.Judge(5_000, sawAll: false);
        _room.Judge(5_040, sawAll: false);
        Assert.Empty(_room.Told);
        _room.Judge(5_060, sawAll: false);

        Assert.Equal("open", Assert.Single(_room.Told).Report.State);
    }

    [Fact]
    public void Restart_GapEndedWhileNobodyLookedAndNobodyKnowsHowOften_TellsNoNumber()
    {
        _room.Look(0, 1);
        _room.Look(200, 0);

        _room.Restart(5_000);
        _room.Look(5_000, null);

        Assert.Equal(("closed", null), (_room.Gaps()[0].State, _room.Gaps()[0].Missing));
    }

    [Fact]
    public void Judge_WallClockIsSetBack_CountsBySteadyTimeAndTellsNothingUntilItHasPassedTheLastRow()
    {
        _room.Look(0, 1);
        _room.Look(160, 0);
        _room.See(230, LedgerRoom.X, 0);
        _room.Judge(230, wallAhead: -100);
        _room.See(240, LedgerRoom.X, 1, wallAhead: -100);
        _room.Judge(240, wallAhead: -100);
        Assert.Single(_room.Told); // a closing dated before the opening would not be the latest row

        _room.See(270, LedgerRoom.X, 0);
        _room.Judge(270, wallAhead: -100);

        Assert.Equal(["open", "closed"], _room.Told.Select(told => told.Report.State));
        Assert.Equal(240, _room.Told[1].Report.Duration.TotalSeconds);
    }

    [Fact]
    public void Judge_WallClockJumpsAhead_IsNoSilence()
    {
        _room.Look(0, 1);
        _room.See(30, LedgerRoom.X, 0);
        _room.Judge(30, wallAhead: 86_400);

        Assert.Empty(_room.Told);
    }

    [Fact]
    public void Told_RowsWereRefused_AreToldAgain()
    {
        _room.Look(0, 1);
        _room.See(160, LedgerRoom.X, 0);
        _room.Judge(160, isKept: false);
        _room.See(170, LedgerRoom.X, 1);
        _room.Judge(170, isKept: false);

        _room.See(180, LedgerRoom.X, 0);
        _room.Judge(180);
        _room.Look(190, 0);

        Assert.Equal((180d, "closed"), (Assert.Single(_room.Told).At, _room.Told[0].Report.State));
    }

    [Fact]
    public void Judge_SilentForTooLong_IsGivenUpUntilTheNextRecordAndForgottenOnceGone()
    {
        var room = new LedgerRoom(new GapOptions { GiveUpAfter = TimeSpan.FromSeconds(1_000), Expected = new Dictionary<string, TimeSpan> { ["x"] = TimeSpan.FromSeconds(100) } });
        room.Look(0, 1);
        room.Look(900, 0);
        room.Look(1_001, 0);
        room.Look(2_000, 0);
        Assert.Equal(["open", "retired"], room.Told.Select(told => told.Report.State));
        Assert.Equal((1, null), (room.Watched, room.Told[1].Report.ClosedAt));

        room.Look(2_010, 1);
        room.Look(2_200, 0);
        Assert.Equal((3, "open", 2_010d), (room.Told.Count, room.Told[2].Report.State, LedgerRoom.Second(room.Told[2].Report.OpenedAt)));

        room.Judge(3_100, sawAll: false);
        Assert.Equal((1, "retired"), (room.Watched, room.Told[^1].Report.State));
        room.Judge(3_200);
        Assert.Equal(0, room.Watched);
        Assert.DoesNotContain(room.Kept, key => key.StartsWith("gap ", StringComparison.Ordinal));
    }

    [Fact]
    public void See_EventsAndPeersAreActive_IsAGapOfWhichNobodyCountsTheRecords()
    {
        DataSeries silent = new("bybit", "", "liquidation"), active = new("binance", "", "liquidation");
        for (int minute = 0; minute <= 20; minute++)
        {
            _room.See(minute * 60, silent, minute == 1 ? 1 : 0);
            _room.See(minute * 60, active, 1);
            _room.Judge(minute * 60);
        }

        // 15 minutes beside a peer is the threshold: the 16th is over it.
        Assert.Equal(Enumerable.Range(17, 4).Select(minute => minute * 60d), _room.Told.Select(told => told.At));
        Assert.All(_room.Told, told => Assert.Equal((silent, null, 600d, 60d), (told.Report.Series, told.Report.Missing, told.Report.Expected.TotalSeconds, LedgerRoom.Second(told.Report.OpenedAt))));
    }

    [Theory]
    [InlineData("binance", "BTC", "liquidation")] // one symbol's are no measure of a whole exchange's
    [InlineData("binance", "", "trade")]
    [InlineData("bybit", "ETH", "liquidation")]
    public void See_EventsAndNoPeer_IsNoGap(string exchange, string symbol, string type)
    {
        for (int minute = 0; minute <= 60; minute++)
        {
            _room.See(minute * 60, new DataSeries("bybit", "", "liquidation"), minute == 1 ? 1 : 0);
            _room.See(minute * 60, new DataSeries(exchange, symbol, type), 1);
            _room.Judge(minute * 60);
        }

        Assert.Empty(_room.Told);
    }

    [Fact]
    public void See_MoreSeriesThanAreWatched_IsToldAndHoldsNoMore()
    {
        for (int i = 0; i < GapLedger.Most; i++)
        {
            Assert.True(_room.See(0, new DataSeries("e", $"{i}", "x"), 0));
        }

        Assert.False(_room.See(0, new DataSeries("e", "one more", "x"), 0));
        Assert.True(_room.See(1, new DataSeries("e", "7", "x"), 1));
        Assert.Equal(GapLedger.Most, _room.Watched);
    }
}
