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

/// <summary>The simulation behind its sockets.</summary>
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

        var simulation = new Simulation(options, new SimulationClock(time));
        builder.Services.AddSingleton(new SimulationLoop(simulation));
        builder.Services.AddHostedService(services => services.GetRequiredService<SimulationLoop>());
        if (options.Push is { } gateway)
        {
            builder.Services.AddHostedService(_ => new StrategyPush(simulation.Pushed, gateway, time, text => Console.Error.WriteLine($"demo: {text}")));
        }

        WebApplication app = builder.Build();
        app.Lifetime.ApplicationStopping.Register(() => Leave(simulation));
        app.UseWebSockets();
        app.MapGet("/", () => Results.Text($"{Guide.Purpose}\n\n{Guide.Text}\n"));
        app.MapDaemons([.. simulation.Daemons.Select(daemon => daemon.Status)]);
        app.MapVenues(simulation.Venues.Select(venue => venue.Venue));
        app.MapStrategies(simulation.Strategies);
        app.MapFaults(simulation.Faults, simulation.Targets, simulation.Clock);
        app.MapMetrics(simulation);
        return app;
    }

    private static void Leave(Simulation simulation)
    {
        foreach (Daemon daemon in simulation.Daemons)
        {
            daemon.Status.RequestShutdown();
        }

        foreach (TradingVenue venue in simulation.Venues)
        {
            venue.Venue.Behaviour.Refuses = StatusCodes.Status503ServiceUnavailable;
            venue.Venue.Cut();
        }
    }
}
