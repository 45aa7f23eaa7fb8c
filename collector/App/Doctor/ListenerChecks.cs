using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Collector.Capabilities;
using Collector.Pipe.Spool;
using Collector.Settings;
using Collector.Web.Listeners;

namespace Collector.App.Doctor;

/// <summary>Whether a collector runs, and whether the place where it listens is free or its own.</summary>
internal static class ListenerChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>As long as <c>collector health</c> waits: the first handshake of a process takes its time on a machine that is busy.</summary>
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(5);

    public static Finding Spool(string directory, SpoolHolder? holder) => holder switch
    {
        null => Finding.Ok("spool", $"{directory} is free: no collector runs on it"),
        { IsCertain: true } => Finding.Ok("spool", $"{directory} is held by process {holder.Pid}: a collector runs on it"),
        _ => Finding.Ok("spool", $"{directory} was last taken by process {holder.Pid}, which runs as another user; run the doctor as that one to be certain"),
    };

    /// <param name="setting">Where the place is set: <c>http.listen</c>.</param>
    public static async Task<Finding> RunAsync(string setting, HttpOptions http, SpoolHolder? holder, CancellationToken cancellationToken)
    {
        HostPort listen = http.Listen;
        (Answer answer, Health? health) = await AskAsync(http, cancellationToken);
        return (answer, health, holder) switch
        {
            (Answer.None, _, null) => Bind(setting, listen),
            (Answer.None, _, not null) => Silent(setting, listen, holder),
            (Answer.Late, _, not null) => Finding.Fail(
                setting, $"process {holder.Pid} holds the spool, and {listen} takes connections, but gave no answer within {AnswerPatience.TotalSeconds:0} s", "try again; if that lasts, see its log and how busy this machine is"),
            (Answer.OtherCertificate, _, not null) => OtherCertificate(setting, http, holder),
            (_, null, _) => Taken(setting, listen),
            (_, _, null) => Finding.Fail(setting, $"another collector listens at {listen}: none runs on this configuration's spool", $"end that one, or choose another address with {setting}"),
            (_, { Ready: true }, _) => Finding.Ok(setting, $"{listen} is the running collector's, which is ready"),
            (_, { } waiting, _) => Finding.Warn(setting, $"{listen} is the running collector's, which is not ready: {waiting.Because}", "mend what it waits for; its rows are on disk"),
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

    private static Finding OtherCertificate(string setting, HttpOptions http, SpoolHolder holder) => Finding.Fail(
        setting,
        $"process {holder.Pid} holds the spool, and what answers at {http.Listen} shows another certificate than {http.Tls!.Certificate}",
        "a collector takes a new certificate within 10 s: see its log for one that it cannot use. If there is none, it was started with other files, or another program listens there");

    private static Finding Taken(string setting, HostPort listen) =>
        Finding.Fail(setting, $"another program listens at {listen}", $"end it (`ss -ltnp` names it), or choose another address with {setting}");

    private static async Task<bool> ConnectsAsync(HostPort listen, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(OwnCollector.Near(listen).Trim('[', ']'), listen.Port, patience.Token);
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

    /// <returns>What is there, and its health where that is a collector's.</returns>
    private static async Task<(Answer Answer, Health? Health)> AskAsync(HttpOptions http, CancellationToken cancellationToken)
    {
        using var collector = new OwnCollector(http, AnswerPatience);
        try
        {
            using HttpResponseMessage answer = await collector.GetAsync("health", cancellationToken);
            return (Answer.Some, Read(await answer.Content.ReadAsStringAsync(cancellationToken)));
        }
        catch (HttpRequestException exception)
        {
            return (exception.HttpRequestError == HttpRequestError.ConnectionError ? Answer.None
                : collector.HasOtherCertificate ? Answer.OtherCertificate : Answer.Some, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (Answer.Late, null);
        }
    }

    private static Health? Read(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            IEnumerable<string> reasons = json.RootElement.GetProperty("parts").EnumerateArray()
                .Where(part => !part.GetProperty("ready").GetBoolean())
                .Select(part => $"{part.GetProperty("name").GetString()}: {(part.TryGetProperty("because", out JsonElement because) ? because.GetString() : "it says why only to who brings its token, which is not that of http.token: restart it")}");
            return new Health(json.RootElement.GetProperty("ready").GetBoolean(), string.Join("; ", reasons));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private enum Answer
    {
        None,
        Some,
        Late,
        OtherCertificate,
    }

    private sealed record Health(bool Ready, string Because);
}
