using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Collector.IntegrationTests.Support;

/// <summary>
/// Ports on 127.0.0.1 that nothing listens on, each given out once. They lie below the range that outgoing
/// connections take theirs from, so that none of those gets in between.
/// </summary>
public static class FreePort
{
    private const int First = 20000;
    private const int AfterLast = 32000;
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    public static int Next()
    {
        for (int attempt = 0; attempt < 1000; attempt++)
        {
            int port = RandomNumberGenerator.GetInt32(First, AfterLast);
            if (IsFree(port) && Given.TryAdd(port, true))
            {
                return port;
            }
        }

        throw new InvalidOperationException("No free port was found in 1,000 attempts.");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
