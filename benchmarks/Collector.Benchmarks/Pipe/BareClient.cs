using System.Net;
using System.Net.Sockets;
using System.Text;
using Collector.Benchmarks.Lines;
using Collector.Benchmarks.Support;
using Collector.Lines;

namespace Collector.Benchmarks.Pipe;

/// <summary>
/// The ceiling: finished bytes written to a socket, with a head that never changes, and of the answer only its first line
/// looked at. No spool, no HTTP library, no retry.
/// </summary>
/// <param name="finished">All lines; null: each request's are written by a line writer before it is sent.</param>
internal sealed class BareClient(int port, byte[]? finished, int rows, int connections, int rowsARequest, bool keepsAlive)
{
    private int _next;

    public async Task<Cost> RunAsync()
    {
        CostMeter meter = Cost.Start();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(SendAsync)));
        return meter.Stop();
    }

    private async Task SendAsync()
    {
        byte[] answer = new byte[1024];
        LineWriter? writer = finished is null ? new LineWriter(TradeRows.Table, new TradeRows.StoppedClock(), capacity: 1 << 20) : null;
        Socket? socket = null;
        try
        {
            for (int at; (at = Interlocked.Add(ref _next, rowsARequest) - rowsARequest) < rows;)
            {
                socket ??= await ConnectAsync();
                await PostAsync(socket, Body(at, Math.Min(rowsARequest, rows - at), writer), answer);
                if (!keepsAlive)
                {
                    socket.Dispose();
                    socket = null;
                }
            }
        }
        finally
        {
            socket?.Dispose();
        }
    }

    private ReadOnlyMemory<byte> Body(int from, int count, LineWriter? writer)
    {
        if (writer is null)
        {
            return finished.AsMemory(from * TradeRows.RowBytes, count * TradeRows.RowBytes);
        }

        writer.Clear();
        Trades.Write(writer, from, count);
        return writer.Written;
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    private static async Task PostAsync(Socket socket, ReadOnlyMemory<byte> body, byte[] answer)
    {
        byte[] head = Encoding.ASCII.GetBytes($"POST /write HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\n\r\n");
        await SendAllAsync(socket, head);
        await SendAllAsync(socket, body);
        int length = 0;
        while (!answer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            int read = await socket.ReceiveAsync(answer.AsMemory(length), SocketFlags.None);
            length += read > 0 ? read : throw new InvalidOperationException("QuestDB closed the connection.");
            if (!answer.AsSpan(0, length).StartsWith("HTTP/1.1 204"u8[..Math.Min(12, length)]))
            {
                throw new InvalidOperationException(Encoding.UTF8.GetString(answer, 0, length));
            }
        }
    }

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
        }
    }
}
