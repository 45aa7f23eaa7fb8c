using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Collector.Web.Listeners;

/// <summary>
/// The first part of the page's pipeline: no other site's page gets in, and with a token only who brings it. The health checks ask
/// for none.
/// </summary>
public sealed class ListenerGate(Logins logins)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        ConnectionSlot? slot = context.Features.Get<ConnectionSlot>();
        slot?.Begin();
        try
        {
            await PassAsync(context, next);
        }
        finally
        {
            slot?.End();
        }
    }

    private async Task PassAsync(HttpContext context, RequestDelegate next)
    {
        if (logins.RefuseForeign(context) is { } foreign)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await context.Response.WriteAsync(foreign + "\n", context.RequestAborted);
            return;
        }

        if (context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
        {
            logins.PassFree(context);
            await next(context);
            return;
        }

        if (logins.Admits(context))
        {
            await next(context);
            return;
        }

        logins.Refuse(context);
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        // A line each: browsers ask for a password only where Basic begins one.
        context.Response.Headers[HeaderNames.WWWAuthenticate] = new StringValues(["Basic realm=\"collector\", charset=\"UTF-8\"", "Bearer"]);
        await context.Response.WriteAsync("This page wants the token of http.token as Authorization: Bearer, or as the password of Basic.\n");
    }
}
