using Collector.Configuration;
using Collector.Listeners;

namespace Collector.Hosting;

/// <summary>The listener of the page, <c>/metrics</c> and the health checks.</summary>
internal sealed record HttpOptions : IChecked
{
    /// <summary>Address and port, as <c>127.0.0.1:9464</c>; <c>localhost</c> and IP addresses only. Default <c>127.0.0.1:9464</c>.</summary>
    public HostPort Listen { get; init; } = new("127.0.0.1", 9464);

    /// <summary>
    /// What a request for the page or <c>/metrics</c> has to bring: as <c>Authorization: Bearer ...</c>, <c>Token ...</c>, or as the user or
    /// password of <c>Basic</c>, which is what a browser asks for. Default none; without one only a loopback address may be listened at. The health checks tell
    /// nothing secret and ask for none.
    /// </summary>
    public Secret? Token { get; init; }

    /// <summary>Certificate and key for HTTPS. Default none: plain HTTP.</summary>
    public TlsOptions? Tls { get; init; }

    public IEnumerable<(string Key, string Problem)> Check()
    {
        if (BindRule.Problem(Listen, Token, "http.token") is { } problem)
        {
            yield return ("listen", problem);
        }
    }
}
