using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Collector.Configuration;
using Collector.Listeners;

namespace Collector.Hosting.Commands;

/// <summary><c>collector health</c>: asks the collector that runs with this configuration how it is, for a container without curl.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly Option<bool> Live = new("--live") { Description = "Ask only whether it answers, not whether it is ready." };

    public static Command Create()
    {
        var command = new ExplainedCommand(
            "health",
            "Ask the collector that runs with this configuration whether it is ready.",
            """
            Asks /health/ready at http.listen and prints the answer: a line for each part. Over TLS the certificate has to be the
            one that is configured.

            Examples:
              collector health --config /etc/collector/collector.yaml
              HEALTHCHECK CMD ["/app/collector", "health"]      in a Dockerfile

            Exit codes: 0 ready (or alive, with --live); 1 not ready, or nothing answers within 5 s; 2 bad configuration.
            """) { Live };
        command.SetAction(AskAsync);
        return command;
    }

    private static async Task<int> AskAsync(CollectorConfig config, ParseResult arguments, CancellationToken cancellationToken)
    {
        HttpOptions http = config.Options.Http;
        Uri page = Page(http, arguments.GetValue(Live) ? "live" : "ready");
        using HttpClient client = Client(http.Tls);
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(page, cancellationToken);
            await arguments.InvocationConfiguration.Output.WriteAsync(await answer.Content.ReadAsStringAsync(cancellationToken));
            return answer.IsSuccessStatusCode ? ExitCode.Success : ExitCode.Failure;
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            string because = exception is HttpRequestException ? (exception.InnerException ?? exception).Message : $"no answer within {Patience.TotalSeconds} s";
            await arguments.InvocationConfiguration.Error.WriteLineAsync($"No collector answers at {page}: {because}");
            return ExitCode.Failure;
        }
    }

    /// <summary>Who listens at all of the machine's addresses is asked at loopback.</summary>
    private static Uri Page(HttpOptions http, string page)
    {
        HostPort at = IPAddress.TryParse(http.Listen.Host, out IPAddress? address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            ? new HostPort(address.AddressFamily == AddressFamily.InterNetworkV6 ? "::1" : "127.0.0.1", http.Listen.Port)
            : http.Listen;
        return new Uri($"{(http.Tls is null ? "http" : "https")}://{at}/health/{page}");
    }

    private static HttpClient Client(TlsOptions? tls)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        if (tls is not null)
        {
            // Its name is that of the machine and not of loopback: what counts is that it is the very certificate.
            using X509Certificate2 own = tls.Load();
            string hash = own.GetCertHashString();
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == hash;
        }

        return new HttpClient(handler) { Timeout = Patience };
    }
}
