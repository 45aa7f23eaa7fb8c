using Collector.Settings;

namespace Collector.Capabilities.Status;

/// <summary>Whom to tell, from time to time, that the collector lives.</summary>
public sealed record HeartbeatOptions : IChecked
{
    /// <summary>
    /// Address that is asked for with GET: an outside service that raises an alarm once it is not. Who knows it can keep the alarm quiet:
    /// it is a secret, of which only the server is shown. Default none.
    /// </summary>
    public Secret? Url { get; init; }

    /// <summary>Time between two calls. Default 60 s, 1 s to 1 h.</summary>
    [Between("1s", "1h")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a call may take. Default 10 s, 100 ms to 1 min.</summary>
    [Between("100ms", "1m")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public IEnumerable<(string Key, string Problem)> Check()
    {
        if (Url is null)
        {
            yield break;
        }

        Parsed address = WebAddress.Parse(Url.Reveal());
        if (address.Problem is { } problem)
        {
            yield return ("url", $"the secret {problem}; {WebAddress.Expected}");
        }
        else if (!SchemesAttribute.Web.IsValid(address.Value))
        {
            yield return ("url", "the secret is an address that begins neither with http:// nor with https://");
        }
    }
}
