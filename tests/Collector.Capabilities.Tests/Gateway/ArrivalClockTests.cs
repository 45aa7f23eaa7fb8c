using Collector.Capabilities.Gateway;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Tests.Capabilities.Gateway;

public sealed class ArrivalClockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(TestTable.Now);
    private readonly List<ArrivalClock> _opened = [];

    public void Dispose()
    {
        _opened.ForEach(clock => clock.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public void TryTake_TheClockIsAhead_IsTheClocks_ElseGoesOn()
    {
        ArrivalClock arrivals = Open();

        Assert.Equal(0, Take(arrivals, 1000));
        Assert.Equal(1000, Take(arrivals, 5));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1005, Take(arrivals, 1));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2000, Take(arrivals, 1));
    }

    [Fact]
    public void TryTake_AfterAnEndOfTheProcess_GoesOnWhereItWas_AndAfterAKillASecondOnAtMost()
    {
        ArrivalClock first = Open();
        Assert.Equal(0, Take(first, 30_000_000));
        first.Dispose();

        ArrivalClock second = Open();
        Assert.Equal(30_000_000, Take(second, 1));

        Assert.InRange(Take(Open(), 1), 30_000_001, 31_000_001); // the second one was not ended
    }

    [Fact]
    public void TryTake_MoreThanAMinuteAhead_GivesNone_UntilTheClockGetsThere()
    {
        ArrivalClock arrivals = Open();
        _clock.AdjustTime(TestTable.Now.AddHours(1));
        Take(arrivals, 1);
        _clock.AdjustTime(TestTable.Now);

        Assert.False(arrivals.TryTake(1, out long first));
        Assert.Equal(TestTable.NowMicros + 3_600_000_001, first);
        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.False(arrivals.TryTake(1, out _));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(3_600_000_001, Take(arrivals, 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("-5")]
    public void TryTake_AFileThatHoldsNoTime_IsBegunAnew(string content)
    {
        File.WriteAllText(_folder.File(ArrivalClock.FileName), content);

        Assert.Equal(0, Take(Open(), 1));
        Assert.InRange(Take(Open(), 1), 1, 1_000_001);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TryTake_WhateverTheClockAndTheProcessDo_NoTimeIsGivenTwice(int seed)
    {
        var random = new Random(seed);
        long end = long.MinValue;
        int given = 0;
        ArrivalClock arrivals = Open();
        for (int i = 0; i < 3000; i++)
        {
            switch (random.Next(8))
            {
                case 0:
                    arrivals.Dispose();
                    arrivals = Open();
                    break;
                case 1:
                    arrivals = Open(); // the one before was killed
                    break;
                case 2:
                    _clock.AdjustTime(_clock.GetUtcNow().AddMicroseconds(random.Next(-3_000_000, 4_000_000)));
                    break;
                default:
                    int count = random.Next(1, 1 << random.Next(20));
                    if (arrivals.TryTake(count, out long first))
                    {
                        Assert.True(first >= end, $"step {i} of seed {seed}: {first} was given already, up to {end}");
                        (end, given) = (first + count, given + 1);
                    }

                    break;
            }
        }

        Assert.True(given > 300, $"{given}");
    }

    [Fact]
    public async Task Write_RequestsThatFollowEachOther_ShareNoTime()
    {
        using var room = new GatewayRoom();

        await room.AcceptAsync(string.Concat(Enumerable.Range(0, 5000).Select(i => $"plain,k=a n={i}i\n")));
        room.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await Task.WhenAll(Enumerable.Range(1, 10).Select(r => Task.Run(() => room.AcceptAsync(string.Concat(Enumerable.Range(0, 500).Select(i => $"plain,k=a n={(r * 10_000) + i}i\r\n"))))));

        Assert.Equal(10_000, room.Sink.Rows.Select(row => row.Time).Distinct().Count());
    }

    [Fact]
    public async Task Write_TheClockWasSetBack_LinesWithoutATimeAreAskedForLater_AndOthersAreTaken()
    {
        using var room = new GatewayRoom();
        room.Clock.AdjustTime(TestTable.Now.AddMinutes(2));
        await room.AcceptAsync("plain,k=a n=1i\n");
        room.Clock.AdjustTime(TestTable.Now);

        WriteResult later = await room.WriteAsync("plain,k=a n=2i\n");
        await room.AcceptAsync("plain,k=a n=3i 1700000000000000000\n");
        room.Clock.AdjustTime(TestTable.Now.AddMinutes(1.5));
        await room.AcceptAsync("plain,k=a n=4i\n");

        Assert.Equal((WriteStatus.Unavailable, 0), (later.Status, later.Accepted));
        Assert.Contains("it was set back", later.Reason, StringComparison.Ordinal);
        Assert.Equal(["1", "3", "4"], room.Sink.Rows.Select(row => row["n"]));
        Assert.InRange((room.Sink.Rows[2].Time - room.Sink.Rows[0].Time).TotalMicroseconds, 1, 10);
    }

    [Fact]
    public async Task Write_TheFileCannotBeWritten_AsksForTheRequestLater()
    {
        using var room = new GatewayRoom();
        Directory.CreateDirectory(room.ArrivalFile);

        WriteResult later = await room.WriteAsync("plain,k=a n=1i\n");
        await room.AcceptAsync("plain,k=a n=2i 1700000000000000000\n");

        Assert.Equal((WriteStatus.Unavailable, 1), (later.Status, room.Sink.Rows.Count));
    }

    private ArrivalClock Open()
    {
        var opened = new ArrivalClock(_folder.File(ArrivalClock.FileName), _clock, new NullLogger<ArrivalClock>());
        _opened.Add(opened);
        return opened;
    }

    /// <summary>Microseconds behind the clock's beginning.</summary>
    private static long Take(ArrivalClock arrivals, int count)
    {
        Assert.True(arrivals.TryTake(count, out long first));
        return first - TestTable.NowMicros;
    }
}
