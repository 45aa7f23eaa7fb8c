using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Collector.IntegrationTests.Faults;

/// <summary>What becomes of a write.</summary>
/// <param name="keep">Stores the rows and answers as QuestDB does.</param>
internal delegate Task WriteFault(HttpContext context, Func<Task> keep);

/// <summary>What can become of a write. The rows are stored only where it is said.</summary>
internal static class WriteFaults
{
    /// <summary>Answers with a status.</summary>
    /// <param name="retryAfter">The header <c>Retry-After</c>; null leaves it out.</param>
    public static WriteFault Status(int status, string text = "", string? retryAfter = null) => async (context, _) =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null)
        {
            context.Response.Headers.RetryAfter = retryAfter;
        }

        await context.Response.WriteAsync(text, context.RequestAborted);
    };

    /// <summary>As <see cref="Status"/>, with the time from which on it may be tried again, told to the second.</summary>
    public static WriteFault StatusUntil(int status, TimeSpan pause) => (context, keep) =>
        Status(status, "", TimeProvider.System.GetUtcNow().Add(pause).ToString("R", CultureInfo.InvariantCulture))(context, keep);

    /// <summary>Closes the connection without an answer.</summary>
    public static readonly WriteFault Close = (context, _) =>
    {
        context.Abort();
        return Task.CompletedTask;
    };

    /// <summary>Stores the rows and closes the connection without an answer: the lost 204.</summary>
    public static readonly WriteFault KeepAndClose = async (context, keep) =>
    {
        await keep();
        context.Abort();
    };

    /// <summary>Stores the rows and closes the connection within the answer's body.</summary>
    public static readonly WriteFault KeepAndCloseWithin = async (context, keep) =>
    {
        await keep();
        context.Response.StatusCode = 200;
        context.Response.ContentLength = 1000;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("{\"stat"), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        context.Abort();
    };

    /// <summary>Stores the rows and never answers.</summary>
    public static readonly WriteFault KeepAndHang = async (context, keep) =>
    {
        await keep();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    };

    /// <summary>Stores the rows and answers after a while.</summary>
    public static WriteFault Slowly(TimeSpan pause) => async (context, keep) =>
    {
        await Task.Delay(pause, TimeProvider.System, context.RequestAborted);
        await keep();
    };
}
