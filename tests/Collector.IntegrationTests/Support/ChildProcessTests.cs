using System.Net;

namespace Collector.IntegrationTests.Support;

public sealed class ChildProcessTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task RunAsync_ProgramThatEnds_GivesCodeAndBothOutputs()
    {
        await using ChildProcess child =
            await ChildProcess.RunAsync("bash", ["-c", "echo out; echo err >&2; exit 7"], Soon);

        Assert.Equal(7, child.ExitCode);
        Assert.Equal("err", child.ErrorOutput);
        Assert.Contains("out", child.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_VariableNull_IsTakenOut()
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["HOME"] = null, ["GREETING"] = "hello" };

        await using ChildProcess child =
            await ChildProcess.RunAsync("bash", ["-c", "echo \"${HOME:-none} $GREETING\""], Soon, environment);

        Assert.Equal("none hello", child.Output);
    }

    [Fact]
    public async Task WaitForLineAsync_LinePrintedLater_IsReturned()
    {
        await using var child = ChildProcess.Start("bash", ["-c", "echo one; sleep 0.2; echo two is here; sleep 60"]);

        Assert.Equal("two is here", await child.WaitForLineAsync("two", Soon));
        Assert.Equal("one", await child.WaitForLineAsync("one", Soon));
    }

    [Fact]
    public async Task WaitForLineAsync_EndsWithoutIt_ThrowsWithItsOutput()
    {
        await using var child = ChildProcess.Start("bash", ["-c", "echo something else"]);

        TimeoutException missed = await Assert.ThrowsAsync<TimeoutException>(() => child.WaitForLineAsync("two", Soon));
        Assert.Contains("something else", missed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WaitForHttpAsync_EndsWithoutAnswer_Throws()
    {
        await using var child = ChildProcess.Start("bash", ["-c", "echo bye"]);

        await Assert.ThrowsAsync<TimeoutException>(
            () => child.WaitForHttpAsync(new Uri($"http://127.0.0.1:{FreePort.Next()}/"), Soon, (int)HttpStatusCode.OK));
    }

    [Fact]
    public async Task TerminateAsync_TrappedSignal_EndsAsItChooses()
    {
        await using var child =
            ChildProcess.Start("bash", ["-c", "trap 'exit 4' TERM; echo ready; while :; do sleep 0.05; done"]);
        await child.WaitForLineAsync("ready", Soon);

        Assert.Equal(4, await child.TerminateAsync(Soon));
    }

    [Fact]
    public async Task DisposeAsync_ProcessWithChild_KillsBoth()
    {
        int grandchild;
        await using (var child = ChildProcess.Start("bash", ["-c", "sleep 600 & echo $!; wait"]))
        {
            grandchild = int.Parse(await child.WaitForLineAsync("", Soon));
        }

        // Gone, or a zombie that whoever inherited it has not waited for yet. A signal takes a moment on a machine that is busy.
        for (long began = TimeProvider.System.GetTimestamp(); !IsGone(grandchild); await Task.Delay(10))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Soon, "it still runs");
        }
    }

    private static bool IsGone(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }
}
