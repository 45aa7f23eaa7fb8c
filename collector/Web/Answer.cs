using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Collector.Web;

/// <summary>Answers of which all is known before the first byte is sent. A <c>HEAD</c> gets the headers alone.</summary>
public static class Answer
{
    public const string Json = "application/json; charset=utf-8";
    public const string PlainText = "text/plain; charset=utf-8";

    /// <summary>The methods of what only answers.</summary>
    public static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Answers with a body, whose length is told.</summary>
    public static Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> body, string contentType, int status = StatusCodes.Status200OK)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>As <see cref="WriteAsync"/>, of something that is another thing a moment later.</summary>
    public static Task WriteFreshAsync(HttpContext context, ReadOnlyMemory<byte> body, string contentType, int status = StatusCodes.Status200OK)
    {
        context.Response.Headers[HeaderNames.CacheControl] = "no-store";
        return WriteAsync(context, body, contentType, status);
    }
}
