using System.CommandLine;
using Collector.Capabilities;
using Collector.Web.Listeners;

namespace Collector.App.Commands;

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
            Asks /health/ready at http.listen, with http.token, and prints the answer: a line for each part. Over TLS the
            certificate has to be the one in the file of http.tls, whatever name it is for.

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
        string page = arguments.GetValue(Live) ? "health/live" : "health/ready";
        using var collector = new OwnCollector(http, Patience);
        try
        {
            using HttpResponseMessage answer = await collector.GetAsync(page, cancellationToken);
            await arguments.InvocationConfiguration.Output.WriteAsync(await answer.Content.ReadAsStringAsync(cancellationToken));
            return answer.IsSuccessStatusCode ? ExitCode.Success : ExitCode.Failure;
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            string because = exception is not HttpRequestException failed ? $"no answer within {Patience.TotalSeconds} s"
                : collector.HasOtherCertificate ? $"what is there shows another certificate than {http.Tls?.Certificate}. A collector takes a new one within 10 s"
                : (failed.InnerException ?? failed).Message;
            await arguments.InvocationConfiguration.Error.WriteLineAsync($"No collector answers at {collector.At(page)}: {because}");
            return ExitCode.Failure;
        }
    }
}
