using Collector.Lines;

namespace Collector.Tests.Lines;

public class CounterBaselinesTests
{
    [Fact]
    public void SaveChanged_AfterReadings_HandsOutEachOnce()
    {
        var baselines = new CounterBaselines();
        Keep(baselines, "a", 5);
        Keep(baselines, "a", 6);
        Keep(baselines, "b", 7);

        Assert.Equal([("a", "t,k=1", 6), ("b", "t,k=1", 7)], Saved(baselines));
        Assert.Empty(Saved(baselines));

        Keep(baselines, "a", 6);
        Assert.Equal([("a", "t,k=1", 6)], Saved(baselines));
    }

    [Fact]
    public void Restore_FirstReadingTakenBack_IsNotSaved()
    {
        var baselines = new CounterBaselines();
        CounterBaseline baseline = baselines.For("t", "a").Of("t,k=1"u8);
        baseline.Advance(5);
        baseline.Restore(null);

        Assert.Empty(Saved(baselines));
        Assert.Null(baseline.Advance(9));
    }

    [Fact]
    public void Load_WhatWasSaved_GoesOnFromThere()
    {
        var first = new CounterBaselines();
        Keep(first, "a", 5);
        var second = new CounterBaselines();
        first.SaveChanged(second.Load);

        Assert.Empty(Saved(second));
        Assert.Equal(3, second.For("t", "a").Of("t,k=1"u8).Advance(8));
    }

    [Fact]
    public async Task SaveChanged_WhileAnotherThreadAdvances_EndsWithTheLastValue()
    {
        var baselines = new CounterBaselines();
        CounterBaseline baseline = baselines.For("t", "a").Of("t"u8);
        var saved = new List<long>();
        var writer = Task.Run(() =>
        {
            for (long value = 1; value <= 200_000; value++)
            {
                baseline.Advance(value);
                baseline.Keep();
            }
        });
        while (!writer.IsCompleted)
        {
            baselines.SaveChanged(state => saved.Add(state.Value));
        }

        await writer;
        baselines.SaveChanged(state => saved.Add(state.Value));

        Assert.Equal(200_000, saved[^1]);
        Assert.Equal(saved.Order(), saved);
        Assert.DoesNotContain(0, saved);
    }

    [Fact]
    public void SaveChanged_AdvancedButNotKept_HandsOutWhatWasKept()
    {
        var baselines = new CounterBaselines();
        Keep(baselines, "a", 5);
        baselines.For("t", "a").Of("t,k=1"u8).Advance(9);
        baselines.For("t", "b").Of("t,k=1"u8).Advance(7);

        Assert.Equal([("a", "t,k=1", 5)], Saved(baselines));
    }

    [Fact]
    public void Unsaved_AfterSaveChanged_HandsItOutAgain()
    {
        var baselines = new CounterBaselines();
        Keep(baselines, "a", 5);
        baselines.SaveChanged(baselines.Unsaved);

        Assert.Equal([("a", "t,k=1", 5)], Saved(baselines));
        Assert.Empty(Saved(baselines));
    }

    private static void Keep(CounterBaselines baselines, string column, long value)
    {
        CounterBaseline baseline = baselines.For("t", column).Of("t,k=1"u8);
        baseline.Advance(value);
        baseline.Keep();
    }

    private static List<(string Column, string Series, long Value)> Saved(CounterBaselines baselines)
    {
        var saved = new List<(string, string, long)>();
        baselines.SaveChanged(state => saved.Add((state.Column, System.Text.Encoding.UTF8.GetString(state.Series), state.Value)));
        return [.. saved.Order()];
    }
}
