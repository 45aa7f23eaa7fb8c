using Collector.Configuration;
using Collector.Listeners;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Collector.Hosting;

/// <summary>Lets a request pass that brings the token. The health checks ask for none.</summary>
internal sealed class TokenGate(Secret token)
{
    private readonly AccessToken _token = new(token);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (_token.Admits(context.Request.Headers.Authorization.ToString()) || context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        // A line each: browsers ask for a password only where Basic begins one.
        context.Response.Headers[HeaderNames.WWWAuthenticate] = new StringValues(["Basic realm=\"collector\", charset=\"UTF-8\"", "Bearer"]);
        await context.Response.WriteAsync("This page wants the token of http.token as Authorization: Bearer, or as the password of Basic.\n");
    }
}
