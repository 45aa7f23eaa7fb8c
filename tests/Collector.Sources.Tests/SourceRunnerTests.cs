using System.Diagnostics.Metrics;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Sources;
using Collector.Sources.Running;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.Tests.Sources;

public sealed class SourceRunnerTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(5);

    private static readonly Table Table = TestTable.Read(
        "CREATE TABLE t (ts TIMESTAMP, k SYMBOL, c LONG, c_delta LONG, d DOUBLE) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)");

    private static readonly Table Second = TestTable.Read(
        "CREATE TABLE u (ts TIMESTAMP, k SYMBOL, c LONG, c_delta LONG) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)");

    private readonly WatchedClock _clock = new();
    private readonly RecordedSink _sink = new();
    private readonly MemoryState _state = new();
    private readonly CounterBaselines _baselines = new();
    private readonly Meter _meter = new("Collector.Tests");
    private readonly RecordedCounts _counts;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SourceMetrics _metrics;

    public SourceRunnerTests()
    {
        _counts = new RecordedCounts(_meter);
        _metrics = new SourceMetrics(_meter);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        _counts.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task Run_ReadingsTakeTheirTime_DoesNotDrift()
    {
        var times = new List<double>();
        Task running = Run((_, _) =>
        {
            times.Add((_clock.GetUtcNow() - WatchedClock.Began).TotalSeconds);
            _clock.Advance(TimeSpan.FromSeconds(3));
            return Task.CompletedTask;
        });

        for (int i = 0; i < 4; i++)
        {
            await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(7));
            _clock.Advance(TimeSpan.FromSeconds(7));
        }

        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(7));
        await StopAsync(running);
        Assert.Equal([0, 10, 20, 30, 40], times);
        Assert.Equal(0, Count("source_skipped_total"));
    }

    [Fact]
    public async Task ReadOnce_VeryLongError_IsCut()
    {
        await Runner((_, _) => throw new SourceException(SourceError.Format, new string('x', 100_000))).ReadOnceAsync(CancellationToken.None);

        Assert.Equal(new string('x', ForeignText.ErrorLength) + "…", _metrics.Statuses.Single().LastError);
    }

    [Fact]
    public async Task ReadOnce_ManyRowsRefused_TellsTheFirstFewAndHowManyMore()
    {
        await Runner((reading, _) =>
        {
            for (int i = 0; i < 2_000; i++)
            {
                Row(reading, $"k{i}", -1);
            }

            return Task.CompletedTask;
        }).ReadOnceAsync(CancellationToken.None);

        Assert.Equal($"{string.Concat(Enumerable.Repeat("t: c is a counter and cannot be -1; ", 5))}and 1995 more", _metrics.Statuses.Single().LastError);
    }

    [Fact]
    public async Task Run_ReadingThatFails_TellsWhenTheLastWholeOneWas()
    {
        int readings = 0;
        Task running = Run((_, _) => ++readings == 1 ? Task.CompletedTask : throw new SourceException(SourceError.Unreachable, "it is gone"));
        await _clock.WaitForTimerAsync(Interval);
        SourceStatus status = Assert.Single(_metrics.Statuses);
        Assert.Equal((WatchedClock.Began, null, Interval), (status.ReadAt, status.FailedAt, status.Interval));

        _clock.Advance(Interval);
        await _clock.WaitForTimerAsync(Interval);
        await StopAsync(running);

        Assert.Equal((WatchedClock.Began, WatchedClock.Began + Interval), (status.ReadAt, status.FailedAt));
    }

    [Theory]
    [InlineData(10, 0, 10)] // just in time for the next one
    [InlineData(14, 0, 6)] // late for one, which is taken at once
    [InlineData(20, 1, 10)]
    [InlineData(35, 2, 5)]
    public async Task Run_ReadingTakesLongerThanItsSlot_SkipsWhatItMissedAndCountsIt(double seconds, long skipped, double thenWaits)
    {
        var times = new List<double>();
        Task running = Run((_, _) =>
        {
            times.Add((_clock.GetUtcNow() - WatchedClock.Began).TotalSeconds);
            _clock.Advance(TimeSpan.FromSeconds(times.Count == 1 ? seconds : 0));
            return Task.CompletedTask;
        }, TimeSpan.FromMinutes(1));

        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(thenWaits));
        await StopAsync(running);

        Assert.Equal([0, seconds], times);
        Assert.Equal(skipped, Count("source_skipped_total"));
    }

    [Fact]
    public async Task Run_LiveSourceAsks_ReadsAtOnceAndKeepsItsSchedule()
    {
        var times = new List<double>();
        var source = new LiveSource(() => times.Add((_clock.GetUtcNow() - WatchedClock.Began).TotalSeconds));
        var runner = new SourceRunner(
            new ScheduledSource("test/live", source, Interval, ReadTimeout, _state), _sink, _baselines, _metrics, _clock, new NullLogger<SourceRunner>());
        var running = Task.Run(() => runner.RunAsync(_stopping.Token));
        await _clock.WaitForTimerAsync(Interval);

        _clock.Advance(TimeSpan.FromSeconds(3));
        source.Changed.Raise();
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(7));
        _clock.Advance(TimeSpan.FromSeconds(7));
        await _clock.WaitForTimerAsync(Interval);
        await StopAsync(running);

        Assert.Equal([0, 3, 10], times);
    }

    [Fact]
    public async Task Run_LiveSourceAsksAgainAndAgain_IsHeardOnceASecondAndNotForgotten()
    {
        var second = TimeSpan.FromSeconds(1);
        var times = new List<double>();
        var source = new LiveSource(() => times.Add((_clock.GetUtcNow() - WatchedClock.Began).TotalSeconds));
        var runner = new SourceRunner(
            new ScheduledSource("test/live", source, Interval, ReadTimeout, _state), _sink, _baselines, _metrics, _clock, new NullLogger<SourceRunner>());
        var running = Task.Run(() => runner.RunAsync(_stopping.Token));
        await _clock.WaitForTimerAsync(Interval);

        _clock.Advance(3 * second);
        source.Changed.Raise();
        await _clock.WaitForTimerAsync(second);
        for (int tenth = 0; tenth < 20; tenth++)
        {
            source.Changed.Raise();
            _clock.Advance(second / 10);
            if (tenth == 9)
            {
                await _clock.WaitForTimerAsync(second); // the reading at 4 s is taken, and the next pause has begun
            }
        }

        await _clock.WaitForTimerAsync(second); // so is the reading at 5 s; its time-out is as long as the wait for the next one
        _clock.Advance(5 * second);
        await _clock.WaitForTimerAsync(Interval);
        await StopAsync(running);

        Assert.Equal([0, 3, 4, 5, 10], times);
    }

    [Fact]
    public async Task Run_Stopped_EndsAtOnce()
    {
        Task running = Run((_, _) => Task.CompletedTask);
        await _clock.WaitForTimerAsync(Interval);

        await StopAsync(running);

        Assert.Equal(1, Count("source_readings_total"));
    }

    [Fact]
    public async Task Run_StoppedInTheMiddleOfAReading_WritesNothing()
    {
        var begun = new TaskCompletionSource();
        Task running = Run(async (reading, token) =>
        {
            begun.SetResult();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, _clock, token);
            }
            finally
            {
                Row(reading, "half", 1);
            }
        });
        await begun.Task;

        await StopAsync(running);

        Assert.Empty(_sink.Rows);
        Assert.Null(_metrics.Statuses.Single().Up);
    }

    [Fact]
    public async Task ReadOnce_Good_HandsRowsOverAndSavesTheState()
    {
        await Runner((reading, _) =>
        {
            Row(reading, "a", 5);
            Row(reading, "b", 6);
            return Task.CompletedTask;
        }).ReadOnceAsync(CancellationToken.None);

        Assert.Equal(["a", "b"], _sink.Rows.Select(row => row["k"]));
        Assert.Equal((1, 2, 1), (Count("source_readings_total"), Count("source_rows_total"), _state.Saves));
        Assert.True(_metrics.Statuses.Single().Up);
    }

    [Fact]
    public async Task ReadOnce_NoAnswerInTime_IsGivenUp()
    {
        var begun = new TaskCompletionSource();
        Task reading = Runner(async (_, token) =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, token);
        }).ReadOnceAsync(CancellationToken.None);
        await begun.Task;
        _clock.Advance(ReadTimeout);
        await reading;

        Assert.Equal(1, Count("source_errors_total:timeout"));
        Assert.Equal("no reading after 5 s", _metrics.Statuses.Single().LastError);
        Assert.False(_metrics.Statuses.Single().Up);
    }

    [Fact]
    public async Task ReadOnce_HangsAndIgnoresItsToken_TouchesNoOtherAndIsNotReadMeanwhile()
    {
        int readings = 0;
        var release = new TaskCompletionSource();
        SourceRunner hanging = Runner(async (reading, _) =>
        {
            Row(reading, "hung", readings++ == 0 ? 50 : 80);
            if (readings == 1)
            {
                await release.Task;
            }
        });
        SourceRunner other = Runner(
            (reading, _) =>
            {
                Row(reading, "other", 1);
                return Task.CompletedTask;
            },
            "test/other");

        Task first = hanging.ReadOnceAsync(CancellationToken.None);
        await other.ReadOnceAsync(CancellationToken.None);
        await _clock.WaitForTimerAsync(ReadTimeout + Interval);
        _clock.Advance(ReadTimeout + Interval);
        await first;
        await hanging.ReadOnceAsync(CancellationToken.None);
        await hanging.ReadOnceAsync(CancellationToken.None);

        Assert.Equal(1, readings);
        Assert.Equal(3, Count("source_errors_total:timeout"));
        Assert.Equal(["other"], _sink.Rows.Select(row => row["k"]));

        // It comes to itself: its late rows are nobody's, and the next reading is taken.
        release.SetResult();
        await Eventually.HoldsAsync(() =>
        {
            hanging.ReadOnceAsync(CancellationToken.None).GetAwaiter().GetResult();
            return readings > 1;
        });
        WrittenRow row = Assert.Single(_sink.Rows, row => row["k"] == "hung");
        Assert.Equal("80", row["c"]);
        Assert.Null(row["c_delta"]); // the hung reading's value is no baseline: it was never kept
    }

    [Fact]
    public async Task ReadOnce_Throws_KeepsTheRowsThatWereEnded()
    {
        await Runner((reading, _) =>
        {
            Row(reading, "a", 5);
            reading.Begin(Table, "half");
            throw new InvalidOperationException("oh");
        }).ReadOnceAsync(CancellationToken.None);

        Assert.Equal("a", Assert.Single(_sink.Rows)["k"]);
        Assert.Equal(1, Count("source_errors_total:internal"));
        Assert.Equal("InvalidOperationException: oh", _metrics.Statuses.Single().LastError);
    }

    [Theory]
    [InlineData((int)SourceError.Status, "status")]
    [InlineData((int)SourceError.Unreachable, "unreachable")]
    [InlineData((int)SourceError.Format, "format")]
    public async Task ReadOnce_SourceException_IsCountedByItsReason(int error, string reason)
    {
        await Runner((_, _) => throw new SourceException((SourceError)error, "so it is")).ReadOnceAsync(CancellationToken.None);

        Assert.Equal(1, Count($"source_errors_total:{reason}"));
        Assert.Equal(0, Count("source_readings_total"));
    }

    [Fact]
    public async Task ReadOnce_RowTurnedAway_IsAnErrorAndItsNeighboursStay()
    {
        await Runner((reading, _) =>
        {
            Row(reading, "a", 5);
            Row(reading, "b", 6, double.NaN);
            Row(reading, "c", 7);
            return Task.CompletedTask;
        }).ReadOnceAsync(CancellationToken.None);

        Assert.Equal(["a", "c"], _sink.Rows.Select(row => row["k"]));
        Assert.Equal(1, Count("source_errors_total:row"));
        Assert.Contains("NaN", _metrics.Statuses.Single().LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadOnce_SpoolRefuses_IsAnErrorAndTheIncreaseGoesToTheNextReading()
    {
        long value = 100;
        SourceRunner runner = Runner((reading, _) =>
        {
            Row(reading, "a", value);
            Row(reading, "a", value + 1);
            return Task.CompletedTask;
        });
        await runner.ReadOnceAsync(CancellationToken.None);

        _sink.Refusal = _ => "the spool is full";
        value = 110;
        await runner.ReadOnceAsync(CancellationToken.None);
        value = 120;
        await runner.ReadOnceAsync(CancellationToken.None);
        Assert.Equal([("c", 101)], Saved());
        _sink.Refusal = _ => null;
        value = 130;
        await runner.ReadOnceAsync(CancellationToken.None);

        Assert.Equal([null, "1", "29", "1"], _sink.Rows.Select(row => row["c_delta"]));
        Assert.Equal(2, Count("source_errors_total:spool"));
        Assert.Equal("2 rows of t were not taken: the spool is full", _metrics.Statuses.Single().LastError);
        Assert.Equal([("c", 131)], Saved());
    }

    [Fact]
    public async Task ReadOnce_SpoolRefusesOneTable_TakesTheOther()
    {
        long value = 100;
        SourceRunner runner = Runner((reading, _) =>
        {
            Row(reading, "a", value);
            LineWriter row = reading.Begin(Second, "b");
            row.Set(Second["c"], value);
            reading.End(row, _clock.GetUtcNow());
            return Task.CompletedTask;
        });
        await runner.ReadOnceAsync(CancellationToken.None);
        _sink.Refusal = table => table == Table ? "no" : null;
        value = 110;
        await runner.ReadOnceAsync(CancellationToken.None);
        _sink.Refusal = _ => null;
        value = 125;
        await runner.ReadOnceAsync(CancellationToken.None);

        Assert.Equal([null, "25"], _sink.Rows.Where(row => row.Table == "t").Select(row => row["c_delta"]));
        Assert.Equal([null, "10", "15"], _sink.Rows.Where(row => row.Table == "u").Select(row => row["c_delta"]));
    }

    [Fact]
    public async Task ReadOnce_SinkBreaks_IsAnErrorAndTheRunnerGoesOn()
    {
        SourceRunner runner = Runner((reading, _) =>
        {
            Row(reading, "a", 5);
            return Task.CompletedTask;
        });
        _sink.Refusal = _ => throw new UnauthorizedAccessException("no");
        await runner.ReadOnceAsync(CancellationToken.None);
        _sink.Refusal = _ => null;
        await runner.ReadOnceAsync(CancellationToken.None);

        Assert.Equal(1, Count("source_errors_total:internal"));
        Assert.Single(_sink.Rows);
    }

    [Fact]
    public async Task ReadOnce_TableRefusesARow_SetsItAsideWithItsReasonAndTakesTheOthers()
    {
        await Runner((reading, _) =>
        {
            Row(reading, "a", 5);
            Row(reading, "b", -1, 0.5);
            return Task.CompletedTask;
        }).ReadOnceAsync(CancellationToken.None);

        Assert.Equal("a", Assert.Single(_sink.Rows)["k"]);
        RefusedRow refused = Assert.Single(_sink.Refused);
        Assert.Equal((Table, "test/one", LineFaultKind.Value), (refused.Table, refused.Source, refused.Fault.Kind));
        Assert.StartsWith("t,k=b d=", TestTable.Text(refused.Line), StringComparison.Ordinal);
        Assert.Equal(1, Count("source_errors_total:row"));
        Assert.Equal("t: c is a counter and cannot be -1", _metrics.Statuses.Single().LastError);
    }

    [Fact]
    public async Task ReadOnce_AnswerComesLate_DatesTheRowByTheAnswer()
    {
        SourceRunner runner = Runner(
            (reading, _) =>
            {
                _clock.Advance(TimeSpan.FromMinutes(3));
                Row(reading, "late", 1);
                return Task.CompletedTask;
            },
            timeout: TimeSpan.FromMinutes(5));

        await runner.ReadOnceAsync(CancellationToken.None);
        await runner.ReadOnceAsync(CancellationToken.None);

        Assert.Equal([3, 6], _sink.Rows.Select(row => (row.Time - WatchedClock.Began).TotalMinutes));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public async Task Run_ClockJumps_KeepsItsScheduleAndItsRows(double hours)
    {
        int readings = 0;
        Task running = Run((reading, _) =>
        {
            Row(reading, "k", ++readings);
            return Task.CompletedTask;
        });
        for (int i = 0; i < 3; i++)
        {
            await _clock.WaitForTimerAsync(Interval);
            _clock.Jump(TimeSpan.FromHours(hours));
            _clock.Advance(Interval);
        }

        await _clock.WaitForTimerAsync(Interval);
        await StopAsync(running);

        Assert.Equal(
            Enumerable.Range(0, 4).Select(i => (i * hours * 3600) + (i * Interval.TotalSeconds)),
            _sink.Rows.Select(row => (row.Time - WatchedClock.Began).TotalSeconds));
        Assert.Equal(0, Count("source_errors_total:row"));
        Assert.Equal(0, Count("source_skipped_total"));
    }

    [Fact]
    public async Task ReadOnce_ClockJumpsWithinARow_CostsThatReadingAndNoOther()
    {
        int readings = 0;
        SourceRunner runner = Runner((reading, _) =>
        {
            LineWriter row = reading.Begin(Table, "k");
            row.Set(Table["c"], (long)++readings);
            _clock.Jump(TimeSpan.FromHours(readings == 1 ? 5 : 0));
            reading.End(row, _clock.GetUtcNow());
            return Task.CompletedTask;
        });

        await runner.ReadOnceAsync(CancellationToken.None);
        await runner.ReadOnceAsync(CancellationToken.None);

        Assert.Equal(5, (Assert.Single(_sink.Rows).Time - WatchedClock.Began).TotalHours);
        Assert.Equal(1, Count("source_errors_total:row"));
    }

    [Fact]
    public async Task Run_SourceCrashes_IsMadeAnewAndLeftAloneLongerEachTime()
    {
        var times = new List<double>();
        var made = new List<CrashingSource>();
        CrashingSource Make()
        {
            var source = new CrashingSource(() =>
            {
                times.Add((_clock.GetUtcNow() - WatchedClock.Began).TotalSeconds);
                return times.Count is 8 or > 9;
            });
            made.Add(source);
            return source;
        }

        // The draw is the longest: 1, 2, 4, 8, 16, 32, 60 s, of which a slot of 10 s swallows what is less.
        var scheduled = new ScheduledSource("test/one", Make(), Interval, ReadTimeout, _state, Make);
        await using var runner = new SourceRunner(scheduled, _sink, _baselines, _metrics, _clock, new NullLogger<SourceRunner>(), new HighestDraw());
        var running = Task.Run(() => runner.RunAsync(_stopping.Token));
        foreach (int wait in (int[])[10, 10, 10, 10, 20, 40, 70, 10, 10])
        {
            await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(wait));
            _clock.Advance(TimeSpan.FromSeconds(wait));
        }

        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(10));
        await StopAsync(running);

        Assert.Equal([0, 10, 20, 30, 40, 60, 100, 170, 180, 190], times);
        Assert.Equal((9, 8), (made.Count, made.Count(source => source.IsDisposed)));
        Assert.Equal((8, 10), (Count("source_errors_total:internal"), Count("source_skipped_total")));
        Assert.True(_metrics.Statuses.Single().Up);
    }

    [Fact]
    public async Task Run_SourceThatCannotBeMadeAnew_GoesOnAsItIs()
    {
        int readings = 0;
        var scheduled = new ScheduledSource(
            "test/one", new Source((_, _) => ++readings == 1 ? throw new InvalidOperationException("oh") : Task.CompletedTask), Interval, ReadTimeout, _state,
            () => throw new SourceSetupException("no table any more"));
        await using var runner = new SourceRunner(scheduled, _sink, _baselines, _metrics, _clock, new NullLogger<SourceRunner>());

        await runner.ReadOnceAsync(CancellationToken.None);
        await runner.ReadOnceAsync(CancellationToken.None);

        Assert.Equal((1, 1), (Count("source_errors_total:internal"), Count("source_readings_total")));
    }

    [Fact]
    public async Task Run_SourceCannotRead_IsAskedAtEachSlotNonetheless()
    {
        int readings = 0;
        Task running = Run((_, _) =>
        {
            readings++;
            throw new SourceException(SourceError.Unreachable, "nobody there");
        });
        for (int i = 0; i < 5; i++)
        {
            await _clock.WaitForTimerAsync(Interval);
            _clock.Advance(Interval);
        }

        await _clock.WaitForTimerAsync(Interval);
        await StopAsync(running);

        Assert.Equal((6, 0), (readings, Count("source_skipped_total"))); // each reading has its row of the downtime
    }

    [Fact]
    public async Task ReadOnce_SamplesLeftOut_AreCountedByReasonAndTheReadingIsTaken()
    {
        await Runner((reading, _) =>
        {
            reading.LeaveOut(LeftOut.Nan);
            reading.LeaveOut(LeftOut.Nan);
            reading.LeaveOut(LeftOut.Duplicate, "a{}");
            return Task.CompletedTask;
        }).ReadOnceAsync(CancellationToken.None);

        Assert.Equal((2, 1), (Count("source_samples_left_out_total:nan"), Count("source_samples_left_out_total:duplicate")));
        Assert.True(_metrics.Statuses.Single().Up);
    }

    [Fact]
    public async Task ReadOnce_MoreRowsThanOnePieceHolds_HandsThemOverInPieces()
    {
        await Runner((reading, _) =>
        {
            for (int i = 0; i < 2500; i++)
            {
                Row(reading, $"k{i}", 1000 + i);
            }

            return Task.CompletedTask;
        }).ReadOnceAsync(CancellationToken.None);

        Assert.Equal([1000, 1000, 500], _sink.Pieces);
        Assert.Equal(Enumerable.Range(0, 2500).Select(i => $"k{i}"), _sink.Rows.Select(row => row["k"]));
    }

    [Fact]
    public async Task ReadOnce_RowsOfATableWithAState_AreRememberedOnceTheyAreOnDisk()
    {
        Table states = TestTable.Read("CREATE TABLE s (ts TIMESTAMP, k SYMBOL, state SYMBOL, d DOUBLE) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)");
        SourceRunner runner = Runner((reading, _) =>
        {
            Row(reading, "other", 1);
            foreach (double value in (double[])[1, double.NaN])
            {
                LineWriter row = reading.Begin(states, value == 1 ? "a \"b\"" : "refused");
                row.Set(states["d"], value);
                reading.End(row, _clock.GetUtcNow());
            }

            return Task.CompletedTask;
        });
        _sink.Refusal = _ => "full";
        await runner.ReadOnceAsync(CancellationToken.None);
        Assert.Empty(_state.Kept);
        _sink.Refusal = _ => null;
        await runner.ReadOnceAsync(CancellationToken.None);
        await runner.ReadOnceAsync(CancellationToken.None);

        SeriesKeys series = SeriesKeys.OfMemoryKey(Assert.Single(_state.Kept))!;
        Assert.Equal(("s", "a \"b\""), (series.Table, Assert.Single(series.Keys)));
    }

    [Fact]
    public async Task Settle_ReadingUnderWayWhenItStops_LeavesItsIncreaseToTheSuccessor()
    {
        long counter = 10L;
        var isWritten = new TaskCompletionSource();
        await Runner((reading, _) =>
        {
            Row(reading, "a", counter);
            return Task.CompletedTask;
        }).ReadOnceAsync(CancellationToken.None);
        SourceRunner stopped = Runner(async (reading, cancellationToken) =>
        {
            Row(reading, "a", counter = 14);
            isWritten.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, cancellationToken);
        });
        Task running = stopped.RunAsync(_stopping.Token);
        await isWritten.Task;
        await StopAsync(running);

        await stopped.SettleAsync(TimeSpan.FromSeconds(10));
        await Runner((reading, _) =>
        {
            Row(reading, "a", counter = 17);
            return Task.CompletedTask;
        }).ReadOnceAsync(CancellationToken.None);

        Assert.Equal([("10", null), ("17", "7")], _sink.Rows.Select(row => (row["c"], row["c_delta"])));
    }

    [Theory]
    [InlineData("uptime")]
    [InlineData("series nonsense")]
    [InlineData("series []")]
    [InlineData("series {}")]
    public void OfMemoryKey_SomethingElse_IsNoSeries(string name) => Assert.Null(SeriesKeys.OfMemoryKey(name));

    private void Row(Reading reading, string key, long counter, double? number = null)
    {
        LineWriter row = reading.Begin(Table, key);
        row.Set(Table["c"], counter);
        row.Set(Table["d"], number);
        reading.End(row, _clock.GetUtcNow());
    }

    private SourceRunner Runner(Func<Reading, CancellationToken, Task> read, string name = "test/one", TimeSpan? timeout = null) => new(
        new ScheduledSource(name, new Source(read), Interval, timeout ?? ReadTimeout, _state), _sink, _baselines, _metrics, _clock, new NullLogger<SourceRunner>());

    private Task Run(Func<Reading, CancellationToken, Task> read, TimeSpan? timeout = null) =>
        Task.Run(() => Runner(read, timeout: timeout).RunAsync(_stopping.Token));

    private async Task StopAsync(Task running)
    {
        await _stopping.CancelAsync();
        await running;
    }

    private long Count(string name) => _counts[name];

    private List<(string, long)> Saved()
    {
        var saved = new List<(string, long)>();
        _baselines.SaveChanged(state => saved.Add((state.Column, state.Value)));
        return saved;
    }

    private sealed class LiveSource(Action read) : ILiveSource
    {
        public ReadingSignal Changed { get; } = new();

        public Task ReadAsync(Reading reading, CancellationToken cancellationToken)
        {
            read();
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Source(Func<Reading, CancellationToken, Task> read) : ISource
    {
        public Task ReadAsync(Reading reading, CancellationToken cancellationToken) => read(reading, cancellationToken);
    }

    private sealed class CrashingSource(Func<bool> reads) : ISource, IDisposable
    {
        public bool IsDisposed { get; private set; }

        public Task ReadAsync(Reading reading, CancellationToken cancellationToken) => reads() ? Task.CompletedTask : throw new InvalidOperationException("oh");

        public void Dispose() => IsDisposed = true;
    }

    private sealed class HighestDraw : Random
    {
        public override double NextDouble() => 1;
    }
}
