using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Collector.Benchmarks.Support;

/// <summary>Processes that a benchmark starts. None outlives it, however it ends (but by SIGKILL).</summary>
internal static class Children
{
    private static readonly List<Process> Started = [];

    static Children() => AppDomain.CurrentDomain.ProcessExit += (_, _) => KillAll();

    /// <summary>For a sudden end.</summary>
    public static void KillAll()
    {
        Started.ForEach(Kill);
        Started.Clear();
    }

    public static Process Start(ProcessStartInfo start)
    {
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} cannot be started.");
        Started.Add(process);
        return process;
    }

    /// <summary>SIGTERM, and SIGKILL when that takes too long.</summary>
    public static void Stop(Process process, TimeSpan within)
    {
        if (!process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            if (!process.WaitForExit(within))
            {
                Kill(process);
            }
        }

        Started.Remove(process);
    }

    /// <summary>Processor time of a running process so far, its ended children left out.</summary>
    public static TimeSpan Cpu(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    /// <summary>A port of 127.0.0.1 that nothing listens on now.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(5000);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }
}
