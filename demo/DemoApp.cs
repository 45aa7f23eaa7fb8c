using System.Net;
using System.Text.Json;
using Demo.Daemons;
using Demo.Exchanges;
using Demo.Faults;
using Demo.Strategies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Demo;

/// <summary>The operation behind its sockets.</summary>
internal static class DemoApp
{
    public static WebApplication Build(DemoOptions options, TimeProvider time)
    {
        // The empty builder reads no environment and no appsettings.json: the command line alone decides.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, options.Port));
        builder.Services.AddRoutingCore();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.WriteIndented = true;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(3));

        var operation = new Operation(options, new OperationClock(time));
        builder.Services.AddSingleton(new OperationLoop(operation));
        builder.Services.AddHostedService(services => services.GetRequiredService<OperationLoop>());
        if (options.Push is { } gateway)
        {
            builder.Services.AddHostedService(_ => new StrategyPush(operation.Pushed, gateway, time, text => Console.Error.WriteLine($"demo: {text}")));
        }

        WebApplication app = builder.Build();
        app.Lifetime.ApplicationStopping.Register(() => Leave(operation));
        app.UseWebSockets();
        app.MapGet("/", () => Results.Text(DemoOptions.Usage + "\n"));
        app.MapDaemons([.. operation.Daemons.Select(daemon => daemon.Status)]);
        app.MapVenues(operation.Venues.Select(venue => venue.Venue));
        app.MapStrategies(operation.Strategies);
        app.MapFaults(operation.Faults, operation.Targets, operation.Clock);
        app.MapGet("/metrics", () => Results.Text(MetricsPage.Of(operation), MetricsPage.ContentType));
        return app;
    }

    private static void Leave(Operation operation)
    {
        foreach (Daemon daemon in operation.Daemons)
        {
            daemon.Status.RequestShutdown();
        }

        foreach (VenueAtWork venue in operation.Venues)
        {
            venue.Venue.Manner.Refuses = StatusCodes.Status503ServiceUnavailable;
            venue.Venue.Cut();
        }
    }
}
