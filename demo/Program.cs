using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Demo;

internal static class Program
{
    private const int Fault = 1;
    private const int Misuse = 2;

    public static async Task<int> Main(string[] args)
    {
        if (args is ["--help"] or ["-h"])
        {
            await Console.Out.WriteLineAsync(DemoOptions.Usage);
            return 0;
        }

        if (!DemoOptions.TryParse(args, out DemoOptions? options, out string? fault))
        {
            await Console.Error.WriteLineAsync($"demo: {fault}\n\n{DemoOptions.Usage}");
            return Misuse;
        }

        await using WebApplication app = Build(options);
        app.Lifetime.ApplicationStopping.Register(app.Services.GetRequiredService<DaemonStatus>().RequestShutdown);
        try
        {
            await app.StartAsync();
        }
        catch (IOException taken)
        {
            await Console.Error.WriteLineAsync($"demo: cannot listen: {taken.Message}");
            return Fault;
        }

        foreach (string url in app.Urls)
            await Console.Out.WriteLineAsync($"demo: status at {url}/status (seed {options.Seed}, speed {options.Speed})");

        await app.WaitForShutdownAsync();
        return 0;
    }

    private static WebApplication Build(DemoOptions options)
    {
        // The empty builder reads no environment and no appsettings.json: the command line alone decides.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, options.Port));
        builder.Services.AddRoutingCore();
        builder.Services.ConfigureHttpJsonOptions(json =>
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(3));
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(new DaemonProfile());
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<DaemonStatus>();
        builder.Services.AddHostedService<DaemonLoop>();

        WebApplication app = builder.Build();
        app.MapDaemon();
        return app;
    }
}
