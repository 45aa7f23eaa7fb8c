using System.Net;
using Collector.Configuration;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Collector.Listeners;

/// <summary>Opens a listener as configured.</summary>
internal static class Endpoint
{
    public static void Listen(this KestrelServerOptions kestrel, HostPort listen, TlsOptions? tls)
    {
        kestrel.AddServerHeader = false;
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
            if (tls is not null)
            {
                options.UseHttps(https =>
                {
                    https.ServerCertificate = tls.Load();
                    https.ServerCertificateChain = tls.LoadChain();
                });
            }
        }
    }
}
