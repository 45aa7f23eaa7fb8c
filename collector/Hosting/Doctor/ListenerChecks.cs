using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Collector.Configuration;
using Collector.Delivery.Spool;

namespace Collector.Hosting.Doctor;

/// <summary>Whether a collector runs, and whether the place where it listens is free or its own.</summary>
internal static class ListenerChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static Finding Spool(string directory, SpoolHolder? holder) => holder switch
    {
        null => Finding.Ok("spool", $"{directory} is free: no collector runs on it"),
        { IsCertain: true } => Finding.Ok("spool", $"{directory} is held by process {holder.Pid}: a collector runs on it"),
        _ => Finding.Ok("spool", $"{directory} was last taken by process {holder.Pid}, which runs as another user; run the doctor as that one to be certain"),
    };

    /// <param name="setting">Where the place is set: <c>http.listen</c>.</param>
    public static async Task<Finding> RunAsync(string setting, HostPort listen, SpoolHolder? holder, CancellationToken cancellationToken)
    {
        (bool answers, Health? health) = await AskAsync(listen, cancellationToken);
        return (answers, health, holder) switch
        {
            (false, _, null) => Bind(setting, listen),
            (false, _, not null) => Silent(setting, listen, holder),
            (true, null, _) => Taken(setting, listen),
            (true, _, null) => Finding.Fail(setting, $"another collector listens at {listen}: none runs on this configuration's spool", $"end that one, or choose another address with {setting}"),
            (true, { Ready: true }, _) => Finding.Ok(setting, $"{listen} is the running collector's, which is ready"),
            (true, { } waiting, _) => Finding.Warn(setting, $"{listen} is the running collector's, which is not ready: {waiting.Because}", "mend what it waits for; its rows are on disk"),
        };
    }

    /// <summary>The gateway has no health of its own, and may speak TLS: a connection is all that is asked for.</summary>
    /// <param name="setting">Where the place is set: <c>gateway.listen</c>.</param>
    public static async Task<Finding> GatewayAsync(string setting, HostPort listen, SpoolHolder? holder, CancellationToken cancellationToken) =>
        (await ConnectsAsync(listen, cancellationToken), holder) switch
        {
            (false, null) => Bind(setting, listen),
            (false, not null) => Silent(setting, listen, holder),
            (true, null) => Taken(setting, listen),
            (true, not null) => Finding.Ok(setting, $"{listen} takes connections, and a collector runs: process {holder.Pid}"),
        };

    private static Finding Silent(string setting, HostPort listen, SpoolHolder holder) => Finding.Fail(
        setting, $"process {holder.Pid} holds the spool, and nothing answers at {listen}", "see its log: it starts, hangs, or runs with another configuration file");

    private static Finding Taken(string setting, HostPort listen) =>
        Finding.Fail(setting, $"another program listens at {listen}", $"end it (`ss -ltnp` names it), or choose another address with {setting}");

    private static async Task<bool> ConnectsAsync(HostPort listen, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(Near(listen).Trim('[', ']'), listen.Port, patience.Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>How a listener of this machine is reached, as it stands in a URL.</summary>
    private static string Near(HostPort listen) => listen.Host switch
    {
        "0.0.0.0" => "127.0.0.1",
        "::" => "[::1]",
        var other => other.Contains(':', StringComparison.Ordinal) ? $"[{other}]" : other,
    };

    private static Finding Bind(string setting, HostPort listen)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.TryParse(listen.Host, out IPAddress? address) ? address : IPAddress.Loopback, listen.Port);
            listener.Start();
            return Finding.Ok(setting, $"{listen} is free");
        }
        catch (SocketException exception)
        {
            return Finding.Fail(setting, $"nothing can listen at {listen}: {exception.Message}", $"choose an address of this machine and a free port from 1024 on with {setting}");
        }
    }

    /// <returns>Whether anything is there, and its health where that is a collector's.</returns>
    private static async Task<(bool Answers, Health? Health)> AskAsync(HostPort listen, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = Patience, MaxResponseContentBufferSize = 64 * 1024 };
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri($"http://{Near(listen)}:{listen.Port}/health"), cancellationToken);
            return (true, Read(await answer.Content.ReadAsStringAsync(cancellationToken)));
        }
        catch (HttpRequestException exception)
        {
            return (exception.HttpRequestError != HttpRequestError.ConnectionError, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (true, null);
        }
    }

    private static Health? Read(string body)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            IEnumerable<string> because = json.RootElement.GetProperty("parts").EnumerateArray()
                .Where(part => part.TryGetProperty("because", out _))
                .Select(part => $"{part.GetProperty("name").GetString()}: {part.GetProperty("because").GetString()}");
            return new Health(json.RootElement.GetProperty("ready").GetBoolean(), string.Join("; ", because));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private sealed record Health(bool Ready, string Because);
}
