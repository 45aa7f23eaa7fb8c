using Collector.Settings.Logging;
using Microsoft.Extensions.Logging;

namespace Collector.Web.Exposition;

/// <summary>Renders the page once for all requests that come while it is being rendered. A format of its own is a page of its own.</summary>
public sealed partial class SharedScrape(
    ScrapeRenderer page, ExpositionOptions options, ExpositionInstruments instruments, TimeProvider clock, ILogger<SharedScrape> log)
{
    private readonly Lock _gate = new();
    private readonly Lock _rendering = new();
    private readonly Flight?[] _flights = new Flight?[Enum.GetValues<TextFormat>().Length];
    private readonly RepeatedLog _repeated = new(clock);
    private readonly ILogger _log = log;

    /// <summary>The page, which the caller disposes; null when it cannot be had, which has been counted and logged.</summary>
    public Task<RenderedScrape?> Get(TextFormat format)
    {
        Flight flight;
        lock (_gate)
        {
            if (_flights[(int)format] is { } other)
            {
                other.Readers++;
                return other.Page.Task;
            }

            _flights[(int)format] = flight = new Flight();
        }

        ScrapeBuffer? rendered = Render(format);
        lock (_gate)
        {
            _flights[(int)format] = null;
        }

        flight.Page.SetResult(rendered is null ? null : new RenderedScrape(rendered, flight.Readers));
        return flight.Page.Task;
    }

    private ScrapeBuffer? Render(TextFormat format)
    {
        lock (_rendering)
        {
            long start = clock.GetTimestamp();
            try
            {
                ScrapeBuffer rendered = page.Render(format);
                if (!rendered.Overflowed)
                {
                    instruments.Rendered(clock.GetElapsedTime(start));
                    return rendered;
                }

                rendered.Dispose();
                instruments.Failed("too_large");
                if (_repeated.IsDue())
                {
                    LogTooLarge(options.ResponseBytes);
                }
            }
            catch (Exception exception)
            {
                instruments.Failed("error");
                if (_repeated.IsDue())
                {
                    LogFailed(exception);
                }
            }

            return null;
        }
    }

    [LoggerMessage(6003, LogLevel.Error,
        "/metrics is answered by 500: the page is larger than its cap of {ResponseBytes} bytes; show fewer series (exposition.series_per_table), or raise exposition.response_bytes")]
    private partial void LogTooLarge(int responseBytes);

    [LoggerMessage(6004, LogLevel.Error, "/metrics is answered by 500: the page could not be written; please report it")]
    private partial void LogFailed(Exception exception);

    private sealed class Flight
    {
        public TaskCompletionSource<RenderedScrape?> Page { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Readers { get; set; } = 1;
    }
}
