using System.ComponentModel.DataAnnotations;
using Collector.Settings;

namespace Collector.Web.Listeners;

/// <summary>The listener of the page, <c>/metrics</c> and the health checks.</summary>
public sealed record HttpOptions : IChecked, IFileOptions
{
    /// <summary>Address and port, as <c>127.0.0.1:9464</c>; <c>localhost</c> and IP addresses only. Default <c>127.0.0.1:9464</c>.</summary>
    public HostPort Listen { get; init; } = new("127.0.0.1", 9464);

    /// <summary>
    /// What a request for the page or <c>/metrics</c> has to bring: as <c>Authorization: Bearer ...</c>, <c>Token ...</c>, or as the user or
    /// password of <c>Basic</c>, which is what a browser asks for. Visible ASCII characters, at least 16 beyond loopback; several may stand side by side,
    /// with blanks or line breaks between them, so that one can be replaced. Default none; without one only a loopback address may be listened at. The health
    /// checks ask for none, and without it say only which parts are ready.
    /// </summary>
    public Secret? Token { get; init; }

    /// <summary>Certificate and key for HTTPS. Default none: plain HTTP.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>
    /// Connections at a time. Default 256, and no more than a quarter of the files that the process may open beside its own. At the limit the one
    /// that has been idle for longest without a token makes room for a new one.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxConnections { get; init; } = 256;

    /// <summary>How long a connection is kept open for the next request. Default 30 s, from 1 s to 10 min.</summary>
    [Between("1s", "10m")]
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    public object Resolved(Func<string, string> path) => this with { Tls = Tls?.Resolved(path) };

    public IEnumerable<(string Key, string Problem)> FileFaults() => Tls?.Problem() is { } problem ? [("tls", problem)] : [];

    public IEnumerable<(string Key, string Problem)> Check() => BindRule.Check(Listen, Token, "http.token");
}
