using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Collector.Capabilities.Gateway.Influx;

/// <summary>
/// What clients of InfluxDB 1 ask at <c>/query</c> before they write. <c>CREATE DATABASE</c>, Telegraf's first request, is
/// answered as if it was done, for there is nothing to make; <c>SHOW DATABASES</c> names none, so that who looks first makes
/// one. Nothing else is answered. The statement may hold a password, and is neither logged nor sent back.
/// </summary>
internal static class InfluxQuery
{
    private const int MaxBytes = 16 * 1024;

    private static readonly byte[] Done = """{"results":[{"statement_id":0}]}"""u8.ToArray();
    private static readonly byte[] NoDatabases = """{"results":[{"statement_id":0,"series":[{"name":"databases","columns":["name"]}]}]}"""u8.ToArray();

    public static async Task HandleAsync(HttpContext context)
    {
        try
        {
            string statement = await StatementAsync(context);
            byte[]? answer = Is(statement, "CREATE", "DATABASE") ? Done : Is(statement, "SHOW", "DATABASES") ? NoDatabases : null;
            await (answer is not null
                ? Reply.JsonAsync(context, answer)
                : Reply.ErrorAsync(context, StatusCodes.Status400BadRequest, "invalid", "the collector takes writes; of queries it answers CREATE DATABASE and SHOW DATABASES alone. Ask the database behind it"));
        }
        catch (InvalidDataException)
        {
            await Reply.ErrorAsync(context, StatusCodes.Status400BadRequest, "invalid", $"the form is none, or has more than {MaxBytes} bytes");
        }
    }

    private static async Task<string> StatementAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (!request.HasFormContentType || request.Query.ContainsKey("q"))
        {
            return request.Query["q"].ToString();
        }

        var limits = new FormOptions { KeyLengthLimit = MaxBytes, ValueLengthLimit = MaxBytes, ValueCountLimit = 16, MultipartBodyLengthLimit = MaxBytes };
        context.Features.Set<IFormFeature>(new FormFeature(request, limits));
        return (await request.ReadFormAsync(context.RequestAborted))["q"].ToString();
    }

    /// <summary>Whether it is one statement that begins with these words.</summary>
    private static bool Is(string statement, string first, string second)
    {
        ReadOnlySpan<char> rest = statement.AsSpan().Trim().TrimEnd(';').TrimEnd();
        return !rest.Contains(';') && Skip(ref rest, first) && Skip(ref rest, second);
    }

    private static bool Skip(ref ReadOnlySpan<char> rest, string word)
    {
        bool begins = rest.StartsWith(word, StringComparison.OrdinalIgnoreCase) && (rest.Length == word.Length || char.IsWhiteSpace(rest[word.Length]));
        rest = begins ? rest[word.Length..].TrimStart() : rest;
        return begins;
    }
}
