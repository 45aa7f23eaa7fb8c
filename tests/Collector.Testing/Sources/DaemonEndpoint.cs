using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Collector.Testing;

/// <summary>A status page on a free port of this machine, that answers as it is told.</summary>
internal sealed class DaemonEndpoint : IAsyncDisposable
{
    private readonly WebApplication _app;

    private DaemonEndpoint(WebApplication app) => _app = app;

    /// <summary>How a request is answered.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public int Requests { get; private set; }

    public Uri Url { get; private set; } = new("http://none");

    /// <param name="isSecure">By TLS, with a certificate that it signed itself.</param>
    public static async Task<DaemonEndpoint> StartAsync(bool isSecure = false)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (isSecure)
        {
            builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = OwnCertificate()));
        }

        WebApplication app = builder.Build();
        app.Urls.Add($"{(isSecure ? "https" : "http")}://127.0.0.1:0");
        var endpoint = new DaemonEndpoint(app);
        app.Run(context =>
        {
            endpoint.Requests++;
            return endpoint.Answer(context);
        });
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        endpoint.Url = new Uri($"{address}/status");
        return endpoint;
    }

    public void Json(string body, string contentType = "application/json") => Answer = context =>
    {
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(body);
    };

    private static X509Certificate2 OwnCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
