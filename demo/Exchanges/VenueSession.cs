using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace Demo.Exchanges;

/// <summary>One client's connection to a venue.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle nobody asked for holds nothing.")]
internal sealed class VenueSession(WebSocket socket, HttpContext http, VenueDialect dialect, VenueBehaviour behaviour, TimeProvider clock)
{
    /// <summary>Messages that are remembered; earlier ones are forgotten.</summary>
    private const int MostMessages = 1000;

    /// <summary>Subscriptions to more are acknowledged and come to nothing.</summary>
    private const int MostSymbols = 500;

    /// <summary>Messages that wait for a client that does not read; it is cut off when there are more.</summary>
    private const int MostWaiting = 256;

    private readonly Channel<string> _waiting = Channel.CreateBounded<string>(MostWaiting);
    private readonly SemaphoreSlim _sending = new(1);
    private readonly CancellationToken _aborted = http.RequestAborted;
    private readonly Queue<string> _messages = [];
    private readonly HashSet<string> _symbols = [];

    /// <summary>What the client has sent, pings included.</summary>
    public IReadOnlyList<string> Messages
    {
        get
        {
            lock (_messages)
            {
                return [.. _messages];
            }
        }
    }

    /// <summary>What the client has subscribed to.</summary>
    public IReadOnlyList<string> Symbols
    {
        get
        {
            lock (_messages)
            {
                return [.. _symbols];
            }
        }
    }

    public bool IsOpen => socket.State == WebSocketState.Open;

    /// <summary>The code of the close frame that the client sent; null while it sent none.</summary>
    public WebSocketCloseStatus? ClosedWith => socket.CloseStatus;

    public async Task SendAsync(string text)
    {
        await _sending.WaitAsync();
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, _aborted);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Tells a trade in one of the symbols that are subscribed to, if there is any, without waiting for the client to read it.</summary>
    /// <param name="number">Says which symbol.</param>
    /// <param name="late">How long ago it was.</param>
    public void Post(int number, TimeSpan late)
    {
        IReadOnlyList<string> symbols = Symbols;
        if (symbols.Count > 0 && !_waiting.Writer.TryWrite(Trade(symbols[number % symbols.Count], late)))
        {
            Cut();
        }
    }

    /// <summary>Tells a trade in each symbol that is subscribed to, as of now by the venue's clock.</summary>
    /// <param name="late">How long ago it was.</param>
    public async Task TradeAsync(TimeSpan late = default)
    {
        foreach (string symbol in Symbols)
        {
            await SendAsync(Trade(symbol, late));
        }
    }

    /// <summary>Closes with a close frame.</summary>
    public Task CloseAsync(WebSocketCloseStatus status, string reason) => socket.CloseOutputAsync(status, reason, CancellationToken.None);

    /// <summary>Cuts the connection without a word; one that has ended stays so.</summary>
    public void Cut()
    {
        try
        {
            http.Abort();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself.
        }
    }

    internal async Task RunAsync()
    {
        Task sending = SendWaitingAsync();
        try
        {
            await ReceiveAsync();
        }
        finally
        {
            _waiting.Writer.TryComplete();
            await sending;
        }
    }

    private string Trade(string symbol, TimeSpan late) =>
        dialect.Trade(JsonEncodedText.Encode(symbol).ToString(), clock.GetUtcNow() + behaviour.ClockAhead - late);

    private async Task SendWaitingAsync()
    {
        await foreach (string text in _waiting.Reader.ReadAllAsync(_aborted))
        {
            await SendAsync(text);
        }
    }

    private async Task ReceiveAsync()
    {
        if (dialect.Greeting is { } greeting)
        {
            await SendAsync(greeting);
        }

        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            WebSocketReceiveResult part = await socket.ReceiveAsync(buffer, _aborted);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            await AnswerAsync(Encoding.UTF8.GetString(buffer, 0, part.Count));
        }
    }

    private async Task AnswerAsync(string message)
    {
        lock (_messages)
        {
            _messages.Enqueue(message);
            if (_messages.Count > MostMessages)
            {
                _messages.Dequeue();
            }
        }

        if (dialect.IsPing(message))
        {
            if (behaviour.AnswersPings)
            {
                await behaviour.BeforePong();
                await SendAsync(dialect.Pong(message, clock.GetUtcNow() + behaviour.ClockAhead));
            }
        }
        else if (dialect.Subscribed(message, out string acknowledgement) is { } symbols)
        {
            await SendAsync(acknowledgement);
            lock (_messages)
            {
                _symbols.UnionWith(symbols.Take(MostSymbols - _symbols.Count));
            }
        }
    }
}
