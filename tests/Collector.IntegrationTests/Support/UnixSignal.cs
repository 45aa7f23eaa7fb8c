using System.Diagnostics;

namespace Collector.IntegrationTests.Support;

/// <summary>The signals that tests send.</summary>
public enum UnixSignal
{
    /// <summary>Ctrl+C.</summary>
    Interrupt,

    /// <summary>Please stop.</summary>
    Terminate,

    /// <summary>Read the configuration anew.</summary>
    Hangup,

    /// <summary>Gone at once.</summary>
    Kill,

    /// <summary>Frozen: its sockets stay open, it answers nothing.</summary>
    Stop,

    /// <summary>Goes on after <see cref="Stop"/>.</summary>
    Continue,
}

internal static class UnixSignals
{
    /// <summary>Sends a signal with the shell's own kill; false when there is no such process.</summary>
    public static bool Send(this UnixSignal signal, int processId)
    {
        string name = signal switch
        {
            UnixSignal.Interrupt => "INT",
            UnixSignal.Terminate => "TERM",
            UnixSignal.Hangup => "HUP",
            UnixSignal.Kill => "KILL",
            UnixSignal.Stop => "STOP",
            _ => "CONT",
        };
        using Process shell = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", $"kill -{name} {processId}"]) { UseShellExecute = false, RedirectStandardError = true })!;
        shell.WaitForExit();
        return shell.ExitCode == 0;
    }
}
