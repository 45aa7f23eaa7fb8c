using System.Globalization;
using System.Net.Security;
using System.Net.WebSockets;
using System.Text;

namespace Collector.Sources.Exchange;

/// <summary>Why a connection ended or did not come about, in one sentence; and the pause the venue asks for.</summary>
internal sealed class VenueException(string message, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>One WebSocket to a venue. Every failure is a <see cref="VenueException"/> that names the address.</summary>
internal sealed class VenueSocket : IDisposable
{
    /// <summary>Characters of a close frame's reason that are told.</summary>
    private const int MaxReason = 123;

    /// <summary>How long a venue is waited for to end the connection once it has been told that the collector goes.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly ClientWebSocket _socket = new();
    private readonly ExchangeOptions _options;
    private readonly TimeProvider _clock;
    private readonly Uri _url;
    private readonly byte[] _buffer;

    /// <param name="tls">How the venue's certificate is judged; null for the machine's own way.</param>
    public VenueSocket(VenueProtocol protocol, ExchangeOptions options, TimeProvider clock, SslClientAuthenticationOptions? tls)
    {
        (_options, _clock, _url) = (options, clock, protocol.Url);
        _buffer = new byte[options.ReceiveBuffer.Bytes];
        Shown = protocol.Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        Handler = new SocketsHttpHandler { UseProxy = !protocol.Url.IsLoopback, AllowAutoRedirect = false, UseCookies = false };
        if (tls is not null)
        {
            Handler.SslOptions = tls;
        }

        _socket.Options.CollectHttpResponseDetails = true;
        _socket.Options.SetRequestHeader("User-Agent", "collector");

        // Where there are messages to ping with, frames would only count against the venue's limits.
        _socket.Options.KeepAliveInterval = protocol.Ping.Message is null ? protocol.Ping.Interval : TimeSpan.Zero;
        _socket.Options.KeepAliveTimeout = protocol.Ping.Message is null ? options.PongTimeout : Timeout.InfiniteTimeSpan;
    }

    /// <summary>The address without what may be secret in it: user, password, query.</summary>
    public string Shown { get; }

    private SocketsHttpHandler Handler { get; }

    public void Dispose()
    {
        _socket.Dispose();
        Handler.Dispose();
    }

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var invoker = new HttpMessageInvoker(Handler, disposeHandler: false);
        try
        {
            await _socket.ConnectAsync(_url, invoker, either.Token);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception exception) when (timeout.IsCancellationRequested && (exception is OperationCanceledException or WebSocketException))
        {
            throw new VenueException($"{Shown} gives no connection within {_options.ConnectTimeout.TotalSeconds:0.###} s (connect_timeout)", null, exception);
        }
        catch (WebSocketException exception)
        {
            throw Refused(exception);
        }
    }

    public async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or ObjectDisposedException)
        {
            throw Broken(exception);
        }
    }

    public Task SendAsync(string message, CancellationToken cancellationToken) => SendAsync(Encoding.UTF8.GetBytes(message), cancellationToken);

    /// <summary>Hands each message over as it comes, or as much of it as the buffer holds, until the connection ends.</summary>
    /// <param name="take">Takes the bytes kept of a message, and whether they are all of it.</param>
    public async Task ReceiveAsync(MessageTaker take, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                int kept = 0;
                long bytes = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    // What does not fit is read over itself: it is counted, not kept.
                    Memory<byte> room = kept < _buffer.Length ? _buffer.AsMemory(kept) : _buffer.AsMemory(_buffer.Length / 2);
                    part = await _socket.ReceiveAsync(room, cancellationToken);
                    if (part.MessageType == WebSocketMessageType.Close)
                    {
                        throw Closed();
                    }

                    bytes += part.Count;
                    kept = Math.Min(_buffer.Length, kept + part.Count);
                    if (bytes > _options.MaxMessageBytes.Bytes)
                    {
                        throw new VenueException($"{Shown} sends a message of more than {_options.MaxMessageBytes} (max_message_bytes)");
                    }
                }
                while (!part.EndOfMessage);

                bool isWhole = bytes <= _buffer.Length;
                take(_buffer.AsSpan(0, isWhole ? kept : _buffer.Length / 2), isWhole);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or ObjectDisposedException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Broken(exception);
        }
    }

    /// <summary>Tells the venue that the collector goes (close code 1001), and waits for a second at most until it ends the connection.</summary>
    /// <param name="receiving">What <see cref="ReceiveAsync"/> gave, still under way: the venue's answer comes by it.</param>
    public async Task LeaveAsync(Task receiving)
    {
        using var timeout = new CancellationTokenSource(Farewell, _clock);
        try
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, null, timeout.Token);
            await receiving.WaitAsync(timeout.Token);
        }
        catch (Exception exception) when (exception is VenueException or WebSocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // It has ended the connection, or does not answer.
        }
    }

    private VenueException Closed()
    {
        string reason = string.Concat((_socket.CloseStatusDescription ?? "").Take(MaxReason).Select(c => char.IsControl(c) ? ' ' : c));
        return new VenueException($"{Shown} closed the connection: {(int?)_socket.CloseStatus ?? 1005} {reason}".TrimEnd());
    }

    private VenueException Broken(Exception exception) => new($"{Shown} broke off: {Innermost(exception).Message}", null, exception);

    private VenueException Refused(WebSocketException exception)
    {
        int status = (int)_socket.HttpStatusCode;
        string? Header(string name) => _socket.HttpResponseHeaders?.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value?.FirstOrDefault();
        return status switch
        {
            0 => new VenueException($"{Shown} cannot be reached: {Innermost(exception).Message}", null, exception),
            >= 300 and < 400 => new VenueException($"{Shown} answers {status} and redirects to {Header("Location") ?? "nowhere"}, which is not followed; set url", null, exception),
            _ => new VenueException($"{Shown} refuses the connection with {status} {_socket.HttpStatusCode}", RetryAfter(Header("Retry-After")), exception),
        };
    }

    /// <summary>RFC 9110 section 10.2.3: seconds, or a date.</summary>
    private TimeSpan? RetryAfter(string? written) =>
        int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? TimeSpan.FromSeconds(seconds)
        : DateTimeOffset.TryParse(written, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date) ? date - _clock.GetUtcNow()
        : null;

    private static Exception Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception;
    }
}

/// <summary>Takes the bytes kept of a message, and whether they are all of it.</summary>
internal delegate void MessageTaker(ReadOnlySpan<byte> message, bool isWhole);
