using System.Diagnostics.Metrics;
using Collector.Lines;
using Collector.Pipe.State;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Tests.Pipe.State;

/// <summary>For how long, and of how many series, the local state knows where counters stood.</summary>
public sealed class LocalStateCountersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    private string FilePath => _folder.File("state.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Save_SeriesThatComeAndGo_KeepsThoseOfTheLastDays()
    {
        var options = new CounterOptions { KeepFor = TimeSpan.FromDays(2) };
        using (LocalState state = Open(options))
        {
            for (int day = 0; day < 10; day++)
            {
                for (int i = 0; i < 100; i++)
                {
                    Count(state, $"day {day} series {i}", i);
                }

                Count(state, "always", day);
                state.Save();
                _clock.Advance(TimeSpan.FromDays(1));
            }

            state.Save();
            Assert.Equal(201, state.Baselines.Total);
            Assert.Equal(800, state.Forgotten);
            Assert.Equal(9, Value(state, "always"));
        }

        Assert.Equal(201, InFile());
        _clock.Advance(TimeSpan.FromDays(1.5));
        using LocalState next = Open(options);
        Assert.Equal((0, 0), (next.Baselines.Total, InFile()));
    }

    [Fact]
    public void Save_TooMany_ForgetsThoseNotSeenForLongest()
    {
        using LocalState state = Open(new CounterOptions { MaxBaselines = 1_000 });
        for (int i = 0; i < 3_000; i++)
        {
            Count(state, $"series {i}", i);
            if (i % 100 == 99)
            {
                Count(state, "always", i);
                state.Save();
                _clock.Advance(TimeSpan.FromSeconds(1));
                Assert.InRange(state.Baselines.Total, 1, 1_000);
            }
        }

        Assert.Equal((2_999, 2_999), (Value(state, "always"), Value(state, "series 2999")));
        Assert.Null(Value(state, "series 100"));
        Assert.Equal(state.Baselines.Total - 1, InFile()); // the one just asked for was never kept
        Assert.Equal(3_001 - state.Baselines.Total + 1, state.Forgotten);
    }

    [Fact]
    public void Save_TooManyInOneSecond_KeepsNoMoreThanItMay()
    {
        using LocalState state = Open(new CounterOptions { MaxBaselines = 1_000 });
        for (int i = 0; i < 3_000; i++)
        {
            Count(state, $"series {i}", i);
        }

        state.Save();

        Assert.Equal((950, 950), (state.Baselines.Total, InFile()));
    }

    [Fact]
    public void Save_SeriesInUseSinceTheLastSave_IsNotForgotten()
    {
        using LocalState state = Open(new CounterOptions { KeepFor = TimeSpan.FromHours(1) });
        Count(state, "a", 5);
        state.Save();
        _clock.Advance(TimeSpan.FromDays(1));
        CounterBaseline underWay = state.Baselines.For("t", "c").Of("a"u8);
        state.Save();

        Assert.Equal(2, underWay.Advance(7));
        underWay.Keep();
        state.Save();
        Assert.Equal(7, Value(state, "a"));
    }

    [Fact]
    public void Open_FileOfTheVersionBefore_IsTakenUp()
    {
        Execute("""
            PRAGMA journal_mode=WAL;
            CREATE TABLE counters (
                table_name TEXT NOT NULL, column_name TEXT NOT NULL, series BLOB NOT NULL, value INTEGER NOT NULL,
                PRIMARY KEY (table_name, column_name, series)) WITHOUT ROWID;
            CREATE TABLE memory (
                source TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (source, key)) WITHOUT ROWID;
            INSERT INTO counters VALUES ('t', 'c', CAST('a' AS BLOB), 41);
            INSERT INTO memory VALUES ('daemon/a', 'restarts', '2');
            """);

        using (LocalState state = Open())
        {
            Assert.False(state.Baselines.IsProgressKnown);
            Assert.Equal(("2", 41), (state.Of("daemon/a").Get("restarts"), Value(state, "a")));
            Count(state, "b", 7);
            state.Baselines.ProgressOf("t").Record = 12;
        }

        _clock.Advance(TimeSpan.FromDays(6)); // counted from the day on which it was taken up
        using LocalState next = Open();
        Assert.True(next.Baselines.IsProgressKnown);
        Assert.Equal((41, 7, 12UL), (Value(next, "a"), Value(next, "b"), next.Baselines.ProgressOf("t").Record));
        Assert.False(File.Exists(FilePath + ".corrupt"));
    }

    [Fact]
    public void Save_ProgressNotWritten_IsWrittenTheNextTime()
    {
        using (LocalState state = Open())
        {
            state.Baselines.ProgressOf("t").Record = 3;
            using (var other = new SqliteConnection($"Data Source={FilePath};Pooling=False"))
            {
                other.Open();
                using SqliteCommand lockIt = other.CreateCommand();
                lockIt.CommandText = "BEGIN IMMEDIATE";
                lockIt.ExecuteNonQuery();
                state.Save();
            }

            state.Save();
        }

        using LocalState next = Open();
        Assert.Equal(3UL, next.Baselines.ProgressOf("t").Record);
    }

    [Fact]
    public void Publish_Baselines_ShowsHowManyByTable()
    {
        using LocalState state = Open();
        Count(state, "a", 1);
        Count(state, "b", 1);
        var shown = new Dictionary<string, long>(StringComparer.Ordinal);
        using var meter = new Meter("counters");
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter, meter))
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => shown[$"{instrument.Name} {tags[0].Value}"] = value);
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => shown[instrument.Name] = value);
        CounterMetrics.Publish(meter, state);
        listener.Start();
        listener.RecordObservableInstruments();

        Assert.Equal((2, 0), (shown["collector_baselines t"], shown["collector_baselines_forgotten_total"]));
    }

    private LocalState Open(CounterOptions? options = null) =>
        LocalState.Open(FilePath, options ?? new CounterOptions(), _clock, new NullLogger<LocalState>());

    private static void Count(LocalState state, string series, long value)
    {
        CounterBaseline baseline = state.Baselines.For("t", "c").Of(System.Text.Encoding.UTF8.GetBytes(series));
        baseline.Advance(value);
        baseline.Keep();
    }

    private static long? Value(LocalState state, string series) => state.Baselines.For("t", "c").Of(System.Text.Encoding.UTF8.GetBytes(series)).Value;

    private long InFile() => (long)Execute("SELECT count(*) FROM counters")!;

    private object? Execute(string sql)
    {
        using var database = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        database.Open();
        using SqliteCommand command = database.CreateCommand();
#pragma warning disable CA2100 // The test's own texts.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
