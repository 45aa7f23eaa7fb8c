using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Collector.Capabilities.Gateway.Influx;
using Collector.Lines;
using Collector.Settings.Logging;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Collector.Capabilities.Gateway;

/// <summary>A write request from its head to its answer.</summary>
public sealed partial class WriteEndpoint(
    GatewayWriter writer, UnansweredRequests unanswered, BufferBudget budget, GatewayOptions options, GatewayMetrics metrics, TimeProvider clock, ILogger<WriteEndpoint> logger)
{
    /// <summary>Room comes back as requests end, the spool's as the store takes rows.</summary>
    private const int RetryRoomSeconds = 1;
    private const int RetrySpoolSeconds = 5;

    private readonly string _instance = RandomNumberGenerator.GetHexString(12, lowercase: true);
    private readonly RepeatedLog _invalid = new(clock);
    private readonly RepeatedLog _unavailable = new(clock);
    private long _errors;

    public async Task HandleAsync(HttpContext context)
    {
        if (PrecisionNames.Find(context.Request.Query["precision"]) is not { } precision)
        {
            await Reply.ErrorAsync(context, StatusCodes.Status400BadRequest, "not supported", $"unsupported precision; write {PrecisionNames.Known}");
            return;
        }

        string encoding = context.Request.Headers.ContentEncoding.ToString();
        bool isGzip = encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase) || encoding.Equals("x-gzip", StringComparison.OrdinalIgnoreCase);
        if (!isGzip && encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            await Reply.ErrorAsync(context, StatusCodes.Status415UnsupportedMediaType, "unsupported", "this Content-Encoding is not known; send gzip, or none");
            return;
        }

        using var body = new RequestBody(budget, (int)options.MaxBodyBytes.Bytes);
        BodyStatus status = await ReadAsync(context, body, isGzip);
        if (status != BodyStatus.Complete)
        {
            await RefuseAsync(context, status);
        }
        else if (body.Bytes.Span.StartsWith(GzipSource.Magic))
        {
            await Reply.ErrorAsync(
                context, StatusCodes.Status400BadRequest, "invalid", isGzip ? "the body is gzip within gzip; compress it once" : "the body is gzip, and no header says so; send Content-Encoding: gzip with it");
        }
        else
        {
            metrics.Received(body.Bytes.Length);
            await WriteAsync(context, body.Bytes, precision);
        }
    }

    private async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> body, Precision precision)
    {
        using RequestAttempt attempt = await unanswered.BeginAsync($"{context.Request.Path}{context.Request.QueryString}", body, context.RequestAborted);
        WriteResult result = await writer.WriteAsync(body, precision, attempt.Progress, context.RequestAborted, InfluxDialect.Speaks(context.Request) ? budget : null);
        if (result.Status != WriteStatus.Unavailable && !attempt.Answer())
        {
            context.RequestAborted.ThrowIfCancellationRequested();
        }

        await AnswerAsync(context, result);
    }

    private async Task<BodyStatus> ReadAsync(HttpContext context, RequestBody body, bool isGzip)
    {
        using var late = new CancellationTokenSource(options.RequestTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, context.RequestAborted);
        try
        {
            PipeReader from = context.Request.BodyReader;
            return isGzip
                ? await body.ReadGzipAsync(from.AsStream(), either.Token)
                : await body.ReadAsync(from, context.Request.ContentLength, either.Token);
        }
        catch (OperationCanceledException exception) when (late.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            throw new BadHttpRequestException($"the request did not arrive within {options.RequestTimeout.TotalSeconds:0.###} s (gateway.request_timeout)", StatusCodes.Status408RequestTimeout, exception);
        }
        catch (IOException exception) when (exception is not BadHttpRequestException && !context.RequestAborted.IsCancellationRequested)
        {
            throw new BadHttpRequestException($"the chunked body is malformed: {exception.Message}", exception);
        }
    }

    private Task RefuseAsync(HttpContext context, BodyStatus status)
    {
        // What is left of the body is not read: the connection ends with the answer.
        context.Response.Headers.Connection = "close";
        return status switch
        {
            BodyStatus.TooLarge => Reply.ErrorAsync(
                context, StatusCodes.Status413PayloadTooLarge, "request too large", $"a request has at most {options.MaxBodyBytes}, decompressed (gateway.max_body_bytes); send fewer lines at a time"),
            BodyStatus.NoRoom => Reply.UnavailableAsync(context, RequestBody.NoRoom, RetryRoomSeconds),
            _ => Reply.ErrorAsync(context, StatusCodes.Status400BadRequest, "invalid", "the body is not whole gzip, as its Content-Encoding says"),
        };
    }

    private Task AnswerAsync(HttpContext context, WriteResult result)
    {
        switch (result.Status)
        {
            case WriteStatus.Invalid:
                string errorId = $"{_instance}-{Interlocked.Increment(ref _errors)}";
                if (_invalid.IsDue())
                {
                    LogInvalid(errorId, result.Fault!.Message);
                }

                return Reply.InvalidAsync(context, result.Fault!, errorId);
            case WriteStatus.Unavailable:
                if (_unavailable.IsDue())
                {
                    LogUnavailable(result.Reason!);
                }

                return Reply.UnavailableAsync(context, result.Reason!, RetrySpoolSeconds);
            default:
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                Tell(context, "X-Quarantined", result.Quarantined);
                Tell(context, "X-Dropped", result.Lost);
                return Task.CompletedTask;
        }
    }

    private static void Tell(HttpContext context, string header, int lines)
    {
        if (lines > 0)
        {
            context.Response.Headers[header] = lines.ToString(CultureInfo.InvariantCulture);
        }
    }

    [LoggerMessage(7003, LogLevel.Warning, "The gateway refused a request (error {ErrorId}): {Reason}")]
    private partial void LogInvalid(string errorId, string reason);

    [LoggerMessage(7004, LogLevel.Warning, "The gateway answers 503: {Reason}")]
    private partial void LogUnavailable(string reason);
}
