using System.Collections.Concurrent;

namespace Collector.Stores.QuestDb;

/// <summary>
/// At most <see cref="QuestDbOptions.MaxConnections"/> connections, one request on each at a time. QuestDB keeps what it
/// knows of a table with the connection, so one that saw a failure is closed and not used again; which of a shared
/// handler's connections that was cannot be told, hence a handler for each.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA2213", Justification = "A lease may come back after the end; a semaphore that made no wait handle holds nothing.")]
internal sealed class QuestDbConnections : IDisposable
{
    private readonly ConcurrentStack<HttpMessageInvoker> _idle = new();
    private readonly SemaphoreSlim _free;
    private readonly TimeSpan _connectTimeout;
    private volatile bool _closed;

    public QuestDbConnections(QuestDbOptions options)
    {
        _free = new SemaphoreSlim(options.MaxConnections);
        _connectTimeout = options.ConnectTimeout;
    }

    /// <summary>Waits for a free connection. Dispose the lease when its request is over.</summary>
    public async ValueTask<Lease> RentAsync(CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        return new Lease(this, _idle.TryPop(out HttpMessageInvoker? invoker) ? invoker : Make());
    }

    /// <summary>Closes what is idle; a request on its way ends as it would have, and its connection is closed then.</summary>
    public void Dispose()
    {
        _closed = true;
        while (_idle.TryPop(out HttpMessageInvoker? invoker))
        {
            invoker.Dispose();
        }
    }

    private HttpMessageInvoker Make() => new(
        new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            ConnectTimeout = _connectTimeout,
            MaxConnectionsPerServer = 1,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            UseCookies = false,
            UseProxy = false,
        },
        disposeHandler: true);

    /// <summary>One connection for one request. It is closed behind it unless <see cref="Keep"/> was called.</summary>
    internal sealed class Lease(QuestDbConnections owner, HttpMessageInvoker invoker) : IDisposable
    {
        private bool _keep;

        public HttpMessageInvoker Invoker { get; } = invoker;

        /// <summary>The request went well and its answer was read to the end.</summary>
        public void Keep() => _keep = true;

        public void Dispose()
        {
            if (_keep && !owner._closed)
            {
                owner._idle.Push(Invoker);
            }
            else
            {
                Invoker.Dispose();
            }

            owner._free.Release();
        }
    }
}
