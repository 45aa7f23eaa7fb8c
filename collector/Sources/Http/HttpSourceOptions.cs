using System.Net.Http.Headers;
using System.Text;
using Collector.Settings;

namespace Collector.Sources.Http;

/// <summary>What every source can be told that reads a page over HTTP which not everybody may read.</summary>
internal abstract record HttpSourceOptions : SourceOptions
{
    /// <summary>Token that is sent as <c>Authorization: Bearer</c>; best a reference, file:/run/secrets/x or env:NAME. Default: none.</summary>
    public Secret? Token { get; init; }

    /// <summary>User of basic authentication, together with <c>password</c>. Default: none.</summary>
    public string? Username { get; init; }

    /// <summary>Password of basic authentication; best a reference. Default: none.</summary>
    public Secret? Password { get; init; }

    protected bool HasCredentials => Token is not null || Username is not null || Password is not null;

    /// <summary>The header that goes with each request; null where none does.</summary>
    internal AuthenticationHeaderValue? Authorization =>
        Token is { } token ? new AuthenticationHeaderValue("Bearer", token.Reveal())
        : this is { Username: { } user, Password: { } password } ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password.Reveal()}")))
        : null;

    protected IEnumerable<(string Key, string Problem)> CredentialFaults()
    {
        if (Token is not null && (Username is not null || Password is not null))
        {
            yield return ("token", "cannot be sent together with username and password; leave one of them out");
        }

        if (Username is null != Password is null)
        {
            yield return (Username is null ? "password" : "username", "needs both username and password");
        }
    }
}
