using System.Globalization;
using System.Runtime.InteropServices;

namespace Collector.Sources.Host;

/// <summary>Bytes since boot over all interfaces but loopback, from <c>/proc/net/dev</c> (proc(5)).</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct NetworkTraffic(long ReceivedBytes, long SentBytes)
{
    /// <exception cref="FormatException">A line does not have the fields it should.</exception>
    public static NetworkTraffic Parse(string dev)
    {
        long received = 0, sent = 0;

        // Two lines of headings, then "  eth0: rx-bytes packets errs drop fifo frame compressed multicast tx-bytes ...".
        foreach (string line in dev.Split('\n').Skip(2).Where(line => line.Contains(':', StringComparison.Ordinal)))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (line[..colon].Trim() == "lo")
            {
                continue;
            }

            string[] fields = line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 9)
            {
                throw new FormatException($"net/dev has {fields.Length} fields for {line[..colon].Trim()}, not 16");
            }

            received += long.Parse(fields[0], CultureInfo.InvariantCulture);
            sent += long.Parse(fields[8], CultureInfo.InvariantCulture);
        }

        return new NetworkTraffic(received, sent);
    }
}
