using System.Text;
using Microsoft.AspNetCore.Http;

namespace Collector.FaultTests.Faults;

/// <summary>What can become of a request on its way.</summary>
internal enum ProxyFault
{
    /// <summary>Nothing: it arrives, and so does the answer.</summary>
    None,

    /// <summary>500 instead of the database's answer, which it was never asked for.</summary>
    Status500,

    /// <summary>503, the same.</summary>
    Status503,

    /// <summary>429 with <c>Retry-After: 1</c>, the same.</summary>
    Status429,

    /// <summary>The connection is closed before the request is read.</summary>
    ClosedWithin,

    /// <summary>The database has stored it, and the answer is lost.</summary>
    AnswerLost,

    /// <summary>The database has stored it, and the answer breaks off within.</summary>
    AnswerCut,

    /// <summary>The database has stored it, and there is never an answer.</summary>
    AnswerNever,

    /// <summary>Stored twice, as by a proxy that repeats requests by itself.</summary>
    SentTwice,

    /// <summary>204, and the database never saw it. No honest database does this: it is for the oracle to be found out.</summary>
    FalseAnswer,
}

/// <summary>What each fault does with a request.</summary>
internal static class WayFaults
{
    /// <summary>Faults that nothing may be lost by.</summary>
    public static readonly ProxyFault[] Honest =
    [
        ProxyFault.Status500, ProxyFault.Status503, ProxyFault.Status429, ProxyFault.ClosedWithin,
        ProxyFault.AnswerLost, ProxyFault.AnswerCut, ProxyFault.AnswerNever, ProxyFault.SentTwice,
    ];

    /// <summary>Answers a request, or does not.</summary>
    /// <param name="send">Sends it on to the database.</param>
    public static Task MeetAsync(ProxyFault fault, HttpContext context, Func<Task<(int Status, string Text)>> send)
    {
        switch (fault)
        {
            case ProxyFault.Status500:
                return AnswerAsync(context, 500, "internal");
            case ProxyFault.Status503:
                return AnswerAsync(context, 503, "try later");
            case ProxyFault.Status429:
                context.Response.Headers.RetryAfter = "1";
                return AnswerAsync(context, 429, "too many");
            case ProxyFault.AnswerLost:
                return LoseAsync(context, send);
            case ProxyFault.AnswerCut:
                return CutAsync(context, send);
            case ProxyFault.AnswerNever:
                return HangAsync(context, send);
            case ProxyFault.SentTwice:
                return RepeatAsync(context, send);
            case ProxyFault.FalseAnswer when context.Request.Path == "/write":
                return AnswerAsync(context, 204, "");
            default:
                return PassAsync(context, send);
        }
    }

    public static async Task AnswerAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        if (text.Length == 0)
        {
            return;
        }

        context.Response.ContentType = text[0] == '{' ? "application/json; charset=utf-8" : "text/plain";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), context.RequestAborted);
    }

    private static async Task PassAsync(HttpContext context, Func<Task<(int Status, string Text)>> send)
    {
        (int status, string text) = await send();
        await AnswerAsync(context, status, text);
    }

    private static async Task LoseAsync(HttpContext context, Func<Task<(int Status, string Text)>> send)
    {
        await send();
        context.Abort();
    }

    private static async Task CutAsync(HttpContext context, Func<Task<(int Status, string Text)>> send)
    {
        await send();
        context.Response.ContentLength = 1000;
        await context.Response.Body.WriteAsync("{\"stat"u8.ToArray(), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        context.Abort();
    }

    private static async Task HangAsync(HttpContext context, Func<Task<(int Status, string Text)>> send)
    {
        await send();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
    }

    private static async Task RepeatAsync(HttpContext context, Func<Task<(int Status, string Text)>> send)
    {
        await send();
        await PassAsync(context, send);
    }
}
