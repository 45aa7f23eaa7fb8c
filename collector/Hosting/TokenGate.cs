using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Collector.Hosting;

/// <summary>Lets a request pass that brings the token. The comparison takes as long whether it is nearly right or not.</summary>
internal sealed class TokenGate(string token)
{
    private readonly byte[] _wanted = SHA256.HashData(Encoding.UTF8.GetBytes($"Bearer {token}"));

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        byte[] given = SHA256.HashData(Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString()));
        if (CryptographicOperations.FixedTimeEquals(given, _wanted) || context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
        await context.Response.WriteAsync("This page wants the token of http.token as Authorization: Bearer.\n");
    }
}
