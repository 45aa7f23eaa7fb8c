using System.Net;
using System.Net.Security;
using Collector.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Collector.Web.Listeners;

/// <summary>Opens a listener as configured.</summary>
public static class Endpoint
{
    /// <summary>Holds the listeners of a host to a limit.</summary>
    public static void LimitConnections(this IServiceCollection services, Func<IServiceProvider, ConnectionLimit> limit) =>
        services.AddSingleton<IConnectionListenerFactory>(provider => new LimitedTransport(ActivatorUtilities.CreateInstance<SocketTransportFactory>(provider), limit(provider)));

    /// <summary>The address as a client has it: <c>https://127.0.0.1:9464</c>.</summary>
    public static string Address(this HostPort listen, TlsOptions? tls) => $"{(tls is null ? "http" : "https")}://{listen}";

    /// <param name="certificate">What it shows over TLS; null for plain HTTP.</param>
    /// <param name="keepAlive">How long an idle connection is kept open.</param>
    public static void Listen(this KestrelServerOptions kestrel, HostPort listen, ServerCertificate? certificate, TimeSpan keepAlive)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.KeepAliveTimeout = keepAlive;
        if (IPAddress.TryParse(listen.Host, out IPAddress? address))
        {
            kestrel.Listen(address, listen.Port, Configure);
        }
        else
        {
            kestrel.ListenLocalhost(listen.Port, Configure);
        }

        void Configure(ListenOptions options)
        {
            options.Protocols = HttpProtocols.Http1;
            if (certificate is not null)
            {
                // Asked at each connection: the certificate may have been renewed.
                options.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = certificate.Context }),
                });
            }
        }
    }
}
