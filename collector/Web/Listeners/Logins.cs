using Collector.Settings;
using Collector.Settings.Logging;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Collector.Web.Listeners;

/// <summary>
/// Who may ask at a listener: no page of another site; with a token whoever brings it, without one everybody. Refusals are counted,
/// wrong tokens logged.
/// </summary>
/// <param name="listener">As <see cref="ConnectionLimit"/> has it.</param>
public sealed partial class Logins(string listener, Secret? token, ListenerMetrics metrics, TimeProvider clock, ILogger logger)
{
    private readonly AccessToken? _token = token is null ? null : new AccessToken(token);
    private readonly RepeatedLog _log = new(clock);
    private long _failed;

    public bool WantsToken => _token is not null;

    /// <summary>Why a request of another site's page is refused, see <see cref="ForeignSite"/>; its connection ends with the answer. Null for any other.</summary>
    public string? RefuseForeign(HttpContext context)
    {
        string? problem = ForeignSite.Problem(context.Request, WantsToken, $"{listener}.token");
        if (problem is not null)
        {
            metrics.Foreign(listener);
            context.Response.Headers[HeaderNames.Connection] = "close";
        }

        return problem;
    }

    /// <summary>True when the request may go on. A connection on which one may has shown the token.</summary>
    /// <param name="others">Other places where the token may stand.</param>
    public bool Admits(HttpContext context, Func<AccessToken, bool>? others = null)
    {
        if (_token is null)
        {
            return true;
        }

        if (!_token.Admits(context.Request.Headers.Authorization.ToString()) && others?.Invoke(_token) != true)
        {
            return false;
        }

        if (context.Features.Get<ConnectionSlot>() is { } slot)
        {
            slot.HasShownToken = true;
        }

        return true;
    }

    /// <summary>A request that needs no token. Where one is wanted and it brings none, its connection ends with the answer.</summary>
    public void PassFree(HttpContext context)
    {
        if (!Admits(context))
        {
            context.Response.Headers[HeaderNames.Connection] = "close";
        }
    }

    /// <summary>Counts a request that was refused. Its connection ends with the answer: nobody holds one open who has not logged in.</summary>
    public void Refuse(HttpContext context, bool hasOther = false)
    {
        context.Response.Headers[HeaderNames.Connection] = "close";
        bool isWrong = hasOther || context.Request.Headers.Authorization.Count > 0;
        metrics.LoginFailed(listener, isWrong ? ListenerMetrics.WrongToken : ListenerMetrics.NoToken);
        long failed = Interlocked.Increment(ref _failed);
        if (isWrong && _log.IsDue())
        {
            LogFailed(listener, context.Connection.RemoteIpAddress?.ToString() ?? "unknown", failed);
        }
    }

    [LoggerMessage(6504, LogLevel.Warning, "Wrong token at the {Listener} listener, from {Address}. {Failed} requests were refused for a missing or wrong token since the start")]
    private partial void LogFailed(string listener, string address, long failed);
}
