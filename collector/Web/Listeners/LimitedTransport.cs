using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Collector.Web.Listeners;

/// <summary>
/// Sockets under a <see cref="ConnectionLimit"/>. It is asked as each connection is accepted: a part of the server's pipeline
/// would be asked later, when a flood has used up the process's files already.
/// </summary>
internal sealed class LimitedTransport(IConnectionListenerFactory sockets, ConnectionLimit limit) : IConnectionListenerFactory
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await sockets.BindAsync(endpoint, cancellationToken), limit);

    private sealed class Listener(IConnectionListener sockets, ConnectionLimit limit) : IConnectionListener
    {
        public EndPoint EndPoint => sockets.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                ConnectionContext? connection = await sockets.AcceptAsync(cancellationToken);
                if (connection is null || limit.Admit(connection))
                {
                    return connection;
                }

                await connection.DisposeAsync();
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => sockets.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => sockets.DisposeAsync();
    }
}
