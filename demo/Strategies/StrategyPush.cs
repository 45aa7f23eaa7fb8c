using System.Net;
using System.Text;
using Microsoft.Extensions.Hosting;

namespace Demo.Strategies;

/// <summary>Posts a strategy's numbers to a gateway once a second. What is not taken is not sent again: the next second has newer ones.</summary>
/// <param name="tell">Told when the pushing begins to fail, and when it works again.</param>
internal sealed class StrategyPush(Strategy strategy, Uri gateway, TimeProvider time, Action<string> tell) : BackgroundService
{
    /// <summary>The environment that the lines carry.</summary>
    public const string Env = "demo";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private string? _fault;

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (strategy.Report is { } report)
            {
                string? fault = await PushAsync(PushLine.Of(strategy.Profile.Id, report, Environment.MachineName, Env, time.GetUtcNow()), stoppingToken);
                if (fault != _fault)
                {
                    tell(fault is null ? $"{gateway} takes the lines of {strategy.Profile.Id}" : $"{gateway} does not take the lines of {strategy.Profile.Id}: {fault}");
                }

                _fault = fault;
            }
        }
    }

    /// <summary>Null when the line was taken, else why not.</summary>
    private async Task<string?> PushAsync(string line, CancellationToken cancellationToken)
    {
        try
        {
            using var body = new StringContent(line, Encoding.UTF8);
            using HttpResponseMessage answer = await _http.PostAsync(gateway, body, cancellationToken);
            return answer.StatusCode == HttpStatusCode.NoContent ? null : $"it answers {(int)answer.StatusCode} {answer.ReasonPhrase}";
        }
        catch (HttpRequestException exception)
        {
            return exception.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "no answer within 5 s";
        }
    }
}
