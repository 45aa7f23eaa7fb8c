using System.Text;
using Collector.Capabilities.Gateway;

namespace Collector.Tests.Capabilities.Gateway;

public sealed class UnansweredRequestsTests : IDisposable
{
    private readonly GatewayRoom _room = new(new GatewayOptions { MaxUnanswered = 3, RepeatWindow = TimeSpan.FromMinutes(1) });

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task Begin_WhatWasLeft_GoesOnWithIt_AndIsForgottenOnceAnswered()
    {
        await LeaveAsync("a", rows: 5);

        using (RequestAttempt repeat = await BeginAsync("a"))
        {
            Assert.Equal(5, repeat.Progress.Accepted);
            Assert.True(repeat.Answer());
        }

        using RequestAttempt another = await BeginAsync("a");
        Assert.Equal(0, another.Progress.Accepted);
    }

    [Fact]
    public async Task Begin_ARepeatThatIsLeftToo_IsRememberedStill_ButNoLonger()
    {
        await LeaveAsync("a", rows: 5);
        _room.Clock.Advance(TimeSpan.FromSeconds(50));
        await LeaveAsync("a", rows: 0);

        Assert.Equal(1, _room.Unanswered.Count);
        _room.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(0, _room.Unanswered.Count);
        using RequestAttempt repeat = await BeginAsync("a");
        Assert.Equal(0, repeat.Progress.Accepted);
    }

    [Fact]
    public async Task Begin_ARepeatOfARepeat_WaitsForBoth()
    {
        using var gone = new CancellationTokenSource();
        RequestAttempt first = await BeginAsync("a", gone.Token), second, third;
        await gone.CancelAsync();
        Task<RequestAttempt> waiting = BeginAsync("a", gone.Token), last = BeginAsync("a");
        Assert.False(waiting.IsCompleted);

        first.Progress.Took("t", 10, 7);
        first.Dispose();
        second = await waiting;
        Assert.False(second.Answer());
        Assert.False(last.IsCompleted);
        second.Dispose();
        third = await last;

        Assert.Equal(7, third.Progress.Accepted);
        Assert.True(third.Answer());
        third.Dispose();
        Assert.Equal(0, _room.Unanswered.Count);
    }

    [Fact]
    public async Task Leave_NothingWasTaken_RemembersNothing()
    {
        await LeaveAsync("a", rows: 0);

        Assert.Equal(0, _room.Unanswered.Count);
    }

    [Fact]
    public async Task Leave_MoreThanAllowed_ForgetsTheOldest()
    {
        foreach (string body in (string[])["a", "b", "c", "d"])
        {
            await LeaveAsync(body, rows: 1);
        }

        Assert.Equal(3, _room.Unanswered.Count);
        using RequestAttempt oldest = await BeginAsync("a"), next = await BeginAsync("b");
        Assert.Equal((0, 1), (oldest.Progress.Accepted, next.Progress.Accepted));
    }

    [Fact]
    public async Task Leave_TwoAlike_EachIsGoneOnWithOnce()
    {
        // Both of them were sent before either was left.
        using var gone = new CancellationTokenSource();
        RequestAttempt first = await BeginAsync("a", gone.Token), second = await BeginAsync("a", gone.Token);
        first.Progress.Took("t", 10, 1);
        second.Progress.Took("t", 10, 1);
        await gone.CancelAsync();
        first.Dispose();
        second.Dispose();

        using RequestAttempt one = await BeginAsync("a"), two = await BeginAsync("a"), three = await BeginAsync("a");

        Assert.Equal((1, 1, 0), (one.Progress.Accepted, two.Progress.Accepted, three.Progress.Accepted));
    }

    [Fact]
    public async Task Answer_BeforeTheClientLeaves_RemembersNothing()
    {
        using var gone = new CancellationTokenSource();
        using (RequestAttempt attempt = await BeginAsync("a", gone.Token))
        {
            attempt.Progress.Took("t", 10, 1);
            Assert.True(attempt.Answer());
            await gone.CancelAsync();
        }

        Assert.Equal(0, _room.Unanswered.Count);
    }

    [Fact]
    public async Task Load_AfterAnEndOfTheProcess_GoesOnWithWhatWasLeft_AndKeepsNothingOld()
    {
        using (var gone = new CancellationTokenSource())
        using (RequestAttempt attempt = await BeginAsync("a", gone.Token))
        {
            await gone.CancelAsync();
            attempt.Progress.FirstTime = 12;
            attempt.Progress.Took("t", 10, 4);
            attempt.Progress.Reached(15, 5, 2, 1);
            attempt.Progress.Took("t", 30, 3);
        }

        _room.Unanswered.Dispose();
        _room.Clock.Advance(TimeSpan.FromSeconds(30));
        using UnansweredRequests next = _room.NextUnanswered();
        next.Load();

        Assert.False(File.Exists(_room.UnansweredFile));
        using (RequestAttempt repeat = await next.BeginAsync("/write", "a"u8.ToArray(), CancellationToken.None))
        {
            RequestProgress progress = repeat.Progress;
            Assert.Equal((15, 5, 12L, 30), (progress.Position, progress.Line, progress.FirstTime, progress.TakenTo("T")));
            Assert.Equal((7, 2, 1), (progress.Accepted, progress.Quarantined, progress.Lost));
        }

        Assert.Equal(1, next.Count);
        _room.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(0, next.Count);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[{}]")]
    [InlineData("")]
    public async Task Load_AFileOfSomethingElse_IsNotHeeded(string content)
    {
        await File.WriteAllTextAsync(_room.UnansweredFile, content);

        _room.Unanswered.Load();

        Assert.False(File.Exists(_room.UnansweredFile));
        await LeaveAsync("a", rows: 1);
        Assert.InRange(_room.Unanswered.Count, 1, 2);
    }

    private async Task LeaveAsync(string body, int rows)
    {
        using var gone = new CancellationTokenSource();
        using RequestAttempt attempt = await BeginAsync(body, gone.Token);
        await gone.CancelAsync();
        if (rows > 0)
        {
            attempt.Progress.Took("t", 10, rows);
        }
    }

    private async Task<RequestAttempt> BeginAsync(string body, CancellationToken left = default) =>
        await _room.Unanswered.BeginAsync("/write", Encoding.ASCII.GetBytes(body), left);
}
