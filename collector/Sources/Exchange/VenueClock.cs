using System.Buffers;
using System.Globalization;
using Collector.Sources.Http;

namespace Collector.Sources.Exchange;

/// <summary>Asks a venue's page for its time, and reads off the answer's headers how much of the rate limit is used.</summary>
internal sealed class VenueClock : IDisposable
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>Questions that are asked at once at the start: the first ones open the connection, and measure that.</summary>
    private const int FirstQuestions = 3;

    private readonly ClockOptions _options;
    private readonly ClockEstimate _estimate;
    private readonly TimeProvider _clock;
    private readonly MessagePath _path;
    private readonly string _shown;
    private readonly ArrayBufferWriter<byte> _mended = new();
    private readonly HttpClient _http;

    public VenueClock(ClockOptions options, TimeSpan timeout, ClockEstimate estimate, TimeProvider clock)
    {
        (_options, _estimate, _clock, _path) = (options, estimate, clock, new MessagePath(options.Time));
        _shown = options.Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = !options.Url.IsLoopback, AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = timeout })
        {
            MaxResponseContentBufferSize = MaxBytes,
            Timeout = timeout,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("collector");
    }

    /// <summary>Why the last question has no answer; null when it has one.</summary>
    public string? Error { get; private set; }

    /// <summary>Requests counted against the rate limit, and the limit, as the last answer told.</summary>
    public (long? Used, long? Limit) RateLimit { get; private set; }

    public void Dispose() => _http.Dispose();

    public async Task RunAsync(CancellationToken stopping)
    {
        for (int question = 1; !stopping.IsCancellationRequested; question++)
        {
            try
            {
                Error = await AskAsync(stopping);
                if (Error is not null || question >= FirstQuestions)
                {
                    await Task.Delay(_options.Interval, _clock, stopping);
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        RateLimit = default;
        try
        {
            long sent = _clock.GetTimestamp();
            using HttpResponseMessage answer = await _http.GetAsync(_options.Url, cancellationToken);
            long received = _clock.GetTimestamp();
            ReadLimit(answer);
            if (!answer.IsSuccessStatusCode)
            {
                return $"{_shown} answers {(int)answer.StatusCode} {answer.ReasonPhrase}, so the venue's clock is not known";
            }

            byte[] body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            if (!EventTime.TryRead(LooseJson.Mend(body, _mended) ? _mended.WrittenSpan : body, isWhole: true, _path, _options.TimeUnit, out DateTimeOffset time))
            {
                return $"{_shown} answers without a time at {_options.Time}, so the venue's clock is not known";
            }

            _estimate.Add(sent, received, time, time, EventTime.Resolution(_options.TimeUnit));
            return null;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return $"{_shown} cannot be asked for the time: {(exception.InnerException ?? exception).Message}";
        }
    }

    private void ReadLimit(HttpResponseMessage answer)
    {
        long? limit = Header(answer, _options.LimitHeader) ?? _options.Limit;
        RateLimit = (Header(answer, _options.UsedHeader) ?? (limit - Header(answer, _options.RemainingHeader)), limit);
    }

    private static long? Header(HttpResponseMessage answer, string? name) =>
        name is not null && answer.Headers.TryGetValues(name, out IEnumerable<string>? values)
        && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : null;
}
