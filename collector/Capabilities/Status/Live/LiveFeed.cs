using System.Text.Json;
using Collector.Capabilities.Status.Recent;
using Collector.Web;
using Microsoft.Extensions.Logging;

namespace Collector.Capabilities.Status.Live;

/// <summary>
/// Tells every open page what is new, all of them the same bytes. Works only while one is open.
/// <code>
/// event: tables    [{"table":...,"columns":[...],"series":[...]}]      first, once: all of it
/// event: status    as GET /api/status                                  first, and then every interval
/// event: rows      [{"table":...,"gone":[ids],"series":[...]}]         behind status, where rows are new: those series alone,
///                                                                      or all of a table that has columns with it
/// event: stopping  {}                                                  last, when the collector stops
/// </code>
/// </summary>
public sealed partial class LiveFeed(
    StatusReader status, RecentRows rows, PageOptions options, LiveMetrics metrics, TimeProvider clock, ILogger<LiveFeed> logger) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<LiveClient> _clients = [];
    private readonly CancellationTokenSource _stopping = new();
    private Task _telling = Task.CompletedTask;
    private bool _isTelling;
    private bool _isStopped;

    /// <returns>Null when as many pages are open as may be, or the collector stops.</returns>
    public LiveClient? TryJoin()
    {
        lock (_gate)
        {
            if (_isStopped)
            {
                return null;
            }

            if (_clients.Count >= options.Clients)
            {
                metrics.Dropped("limit");
                return null;
            }

            byte[] now = Status();
            var client = new LiveClient();
            client.TrySend(EventText.Opening);
            client.TrySend(EventText.Of("tables", Tables()));
            client.TrySend(now);
            rows.Watch();
            _clients.Add(client);
            metrics.Open(_clients.Count);
            if (!_isTelling)
            {
                _isTelling = true;
                _telling = Task.Run(TellAsync);
            }

            return client;
        }
    }

    public void Leave(LiveClient client)
    {
        lock (_gate)
        {
            if (_clients.Remove(client))
            {
                metrics.Open(_clients.Count);
            }
        }

        client.Dispose();
    }

    /// <summary>Says good-bye to all pages: the server waits for open requests before it stops.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            foreach (LiveClient client in _clients)
            {
                client.TrySend(EventText.Stopping);
                client.Complete();
            }

            _stopping.Cancel();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Stop();
        await _telling;
        _stopping.Dispose();
    }

    private byte[] Status() => EventText.Of("status", JsonSerializer.SerializeToUtf8Bytes(status.Read(), StatusJson.Default.CollectorState));

    private byte[] Tables() => JsonText.Of(json =>
    {
        json.WriteStartArray();
        foreach (RecentTable table in rows.Tables)
        {
            table.Write(json);
        }

        json.WriteEndArray();
    });

    private async Task TellAsync()
    {
        while (true)
        {
            await Task.Delay(options.Interval, clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (_gate)
            {
                if (_clients.Count == 0 || _isStopped)
                {
                    _isTelling = false;
                    rows.Unwatch();
                    return;
                }

                try
                {
                    Tell();
                }
#pragma warning disable CA1031 // A fault of the page must not end what it looks at, nor itself.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    LogFault(exception);
                }
            }
        }
    }

    private void Tell()
    {
        byte[] now = Status();
        byte[]? news = News();
        foreach (LiveClient client in _clients.ToArray())
        {
            if (!client.TrySend(now) || (news is not null && !client.TrySend(news)))
            {
                _clients.Remove(client);
                metrics.Open(_clients.Count);
                metrics.Dropped("slow");
                client.Drop();
            }
        }
    }

    private byte[]? News()
    {
        bool any = false;
        byte[] news = JsonText.Of(json =>
        {
            json.WriteStartArray();
            foreach (RecentTable table in rows.Tables)
            {
                any |= table.WriteNews(json);
            }

            json.WriteEndArray();
        });
        return any ? EventText.Of("rows", news) : null;
    }

    [LoggerMessage(7504, LogLevel.Error, "The page's news could not be written; please report it")]
    private partial void LogFault(Exception exception);
}
