using Collector.Settings;

namespace Collector.Stores.QuestDb;

/// <summary>Where QuestDB is, and how long it is waited for.</summary>
public sealed record QuestDbOptions
{
    /// <summary>The HTTP address, http or https, without credentials in it. Default http://127.0.0.1:9000.</summary>
    public Uri Url { get; init; } = new("http://127.0.0.1:9000");

    /// <summary>User of HTTP basic authentication. Default none.</summary>
    public string? Username { get; init; }

    /// <summary>Password of that user. Default none.</summary>
    public Secret? Password { get; init; }

    /// <summary>Bearer token, instead of user and password. Default none.</summary>
    public Secret? Token { get; init; }

    /// <summary>File of certificates (PEM), for https: one of them has to have signed the server's. Default none: whom this machine trusts.</summary>
    public string? Ca { get; init; }

    /// <summary>How long a request may take, connecting included. Default 30 s, 1 s to 10 min.</summary>
    [Between("1s", "10m")]
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long making a connection may take. Default 5 s, 100 ms to 1 min.</summary>
    [Between("100ms", "1m")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time between two looks at how the server fares: suspended tables, what is not applied yet, its clock. Default 5 s, 1 s to 10 min.</summary>
    [Between("1s", "10m")]
    public TimeSpan WatchInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Compress what is sent: for a thin line, at the price of processor time. Default off.</summary>
    public bool Gzip { get; init; }
}
