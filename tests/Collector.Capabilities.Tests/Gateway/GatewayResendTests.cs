using System.Net;
using System.Net.Sockets;
using System.Text;
using Collector.Capabilities.Gateway;
using Collector.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.Tests.Capabilities.Gateway;

/// <summary>Requests whose answer nobody was there to read, and their repeats, over real sockets.</summary>
public sealed class GatewayResendTests : IAsyncDisposable
{
    private const string Body = "made,s=a v=1i\nplain,k=a n=1i\nbad\nplain,k=a n=2i\n";

    private readonly HeldSink _sink = new();
    private readonly GatewayRoom _room;
    private readonly RecordedCounts _counts;
    private readonly GatewayListener _listener;
    private readonly HttpClient _client = new();

    public GatewayResendTests()
    {
        var options = new GatewayOptions { Listen = new HostPort("127.0.0.1", 0) };
        _room = new GatewayRoom(options, _sink);
        _counts = new RecordedCounts(_room.Meter);
        var write = new WriteEndpoint(_room.Writer, _room.Unanswered, new BufferBudget(options.MaxBufferedBytes.Bytes), options, _room.Metrics, _room.Clock, new NullLogger<WriteEndpoint>());
        _listener = _room.Listener(write);
    }

    public enum Ending
    {
        /// <summary>FIN both ways: what a client that timed out does.</summary>
        Closed,

        /// <summary>RST: what is left of a client that was killed with bytes unread.</summary>
        Reset,

        /// <summary>FIN one way: the server cannot tell it from the first.</summary>
        HalfClosed,
    }

    public async ValueTask DisposeAsync()
    {
        _sink.LetGo();
        _client.Dispose();
        await _listener.DisposeAsync();
        _counts.Dispose();
        _room.Dispose();
    }

    [Theory]
    [InlineData(Ending.Closed, true)]
    [InlineData(Ending.Closed, false)]
    [InlineData(Ending.Reset, true)]
    [InlineData(Ending.Reset, false)]
    [InlineData(Ending.HalfClosed, false)]
    public async Task Write_AClientLeavesBeforeTheAnswer_ItsRepeatIsNotStoredAgain(Ending end, bool whileTheFirstIsWorkedOn)
    {
        Uri write = await StartAsync();
        using Socket first = await SendAsync(write, Body);
        await Eventually.HoldsAsync(() => _sink.Entered == 1);
        Leave(first, end);
        await Eventually.HoldsAsync(() => _room.Unanswered.Count == 1);
        if (!whileTheFirstIsWorkedOn)
        {
            _sink.LetGo();
            await Eventually.HoldsAsync(() => _counts["collector_gateway_requests_total"] == 1);
        }

        Task<HttpResponseMessage> repeat = PostAsync(write, Body);
        await Eventually.HoldsAsync(() => _room.Unanswered.Count == 0);
        _sink.LetGo();
        HttpResponseMessage answer = await repeat;

        Assert.Equal((HttpStatusCode.NoContent, "1"), (answer.StatusCode, answer.Headers.GetValues("X-Quarantined").Single()));
        Assert.Equal(["made 1", "plain 1", "plain 2"], Rows());
        Assert.Single(_sink.Inner.Refused);
        Assert.InRange(_counts["collector_gateway_lines_resent_total"], 1, 3);

        // Its answer was read: the same once more is something new.
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(write, Body)).StatusCode);
        Assert.Equal(["made 1", "made 1", "plain 1", "plain 1", "plain 2", "plain 2"], Rows());
        Assert.Equal(6, _sink.Inner.Rows.Select(row => (row.Table, row.Time)).Distinct().Count());
    }

    [Fact]
    public async Task Write_TheSameTwiceAndBothAnswered_IsStoredTwice()
    {
        Uri write = await StartAsync();
        _sink.LetGo();

        await PostAsync(write, "plain,k=a n=1i\n");
        await PostAsync(write, "plain,k=a n=1i\n");

        Assert.Equal(2, _sink.Inner.Rows.Select(row => row.Time).Distinct().Count());
        Assert.Equal((0, 0), (_room.Unanswered.Count, _counts["collector_gateway_lines_resent_total"]));
    }

    [Fact]
    public async Task Write_TheSameOfTwoClientsAtOnce_IsStoredTwice()
    {
        Uri write = await StartAsync();
        Task<HttpResponseMessage> first = PostAsync(write, "plain,k=a n=1i\n"), second = PostAsync(write, "plain,k=a n=1i\n");
        await Eventually.HoldsAsync(() => _sink.Entered == 2);
        _sink.LetGo();

        await Task.WhenAll(first, second);

        Assert.Equal(2, _sink.Inner.Rows.Select(row => row.Time).Distinct().Count());
    }

    [Theory]
    [InlineData("/write?precision=ms")]
    [InlineData("/api/v2/write")]
    public async Task Write_AnotherTargetThanWhatWasLeft_IsNotItsRepeat(string target)
    {
        Uri write = await StartAsync();
        using Socket first = await SendAsync(write, Body);
        await Eventually.HoldsAsync(() => _sink.Entered == 1);
        Leave(first, Ending.Reset);
        await Eventually.HoldsAsync(() => _room.Unanswered.Count == 1);
        _sink.LetGo();

        await PostAsync(new Uri(write, target), Body);

        Assert.Equal(1, _room.Unanswered.Count);
    }

    [Fact]
    public async Task Write_ARequestThatWasStoredInPart_GoesOnWhereItWasLeft()
    {
        Uri write = await StartAsync();
        _sink.LetGo();
        _sink.Inner.Refusal = table => table.Name == "plain" ? "the spool is full" : null;

        HttpResponseMessage later = await PostAsync(write, Body);
        string[] between = Rows();
        _sink.Inner.Refusal = _ => null;
        HttpResponseMessage taken = await PostAsync(write, Body);

        Assert.Equal((503, 204), ((int)later.StatusCode, (int)taken.StatusCode));
        Assert.Equal(["made 1"], between);
        Assert.Equal(["made 1", "plain 1", "plain 2"], Rows());
        Assert.Equal([0L, 1, 3], _sink.Inner.Rows.Select(row => (long)(row.Time - Collector.Testing.TestTable.Now).TotalMicroseconds).Order());
        Assert.Single(_sink.Inner.Refused);
    }

    private async Task<Uri> StartAsync()
    {
        await _listener.StartAsync(CancellationToken.None);
        _listener.Open();
        return new Uri($"http://127.0.0.1:{_listener.Port}/write");
    }

    private string[] Rows() => [.. _sink.Inner.Rows.Select(row => $"{row.Table} {row["v"] ?? row["n"]}").Order(StringComparer.Ordinal)];

    private async Task<HttpResponseMessage> PostAsync(Uri target, string body) => await _client.PostAsync(target, new StringContent(body));

    private static async Task<Socket> SendAsync(Uri target, string body)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(target.Host, target.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST {target.AbsolutePath} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        return socket;
    }

    private static void Leave(Socket socket, Ending how)
    {
        switch (how)
        {
            case Ending.Closed:
                socket.Shutdown(SocketShutdown.Both);
                socket.Close();
                break;
            case Ending.Reset:
                socket.LingerState = new LingerOption(true, 0);
                socket.Close();
                break;
            default:
                socket.Shutdown(SocketShutdown.Send);
                break;
        }
    }
}
