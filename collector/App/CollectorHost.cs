using System.Diagnostics.Metrics;
using Collector.App.Stages;
using Collector.Capabilities;
using Collector.Capabilities.Status;
using Collector.Lines;
using Collector.Pipe;
using Collector.Pipe.Delivery;
using Collector.Pipe.Replay;
using Collector.Pipe.Spool;
using Collector.Pipe.State;
using Collector.Sources;
using Collector.Sources.Running;
using Collector.Stores;
using Collector.Stores.QuestDb;
using Collector.Stores.Sqlite;
using Collector.Web.Exposition;
using Collector.Web.Exposition.Instruments;
using Collector.Web.Listeners;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serilog;

namespace Collector.App;

/// <summary>Puts the rooms together: the one place that sees them all.</summary>
internal static class CollectorHost
{
    private const string MeterName = "Collector";

    /// <summary>Builds everything up to the start, which opens the listener and begins to read.</summary>
    /// <exception cref="IOException">The data folder cannot be made.</exception>
    /// <exception cref="SpoolException">The spool cannot be had: another collector holds it, or its folder cannot be written.</exception>
    /// <exception cref="SourceSetupException">A source cannot be made as configured.</exception>
    public static WebApplication Build(CollectorConfig config, Serilog.ILogger logger)
    {
        CollectorOptions options = config.Options;
        DataFolder.Make(options.DataDir);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Host.UseConsoleLifetime(lifetime => lifetime.SuppressStatusMessages = true);
        builder.Logging.AddSerilog(logger);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
            kestrel.Listen(options.Http.Listen, kestrel.ApplicationServices.GetRequiredService<ServerCertificates>().Http, options.Http.KeepAlive));
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Delivery.ShutdownTimeout + TimeSpan.FromSeconds(10));

        IServiceCollection services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(config);
        services.AddSingleton(config.Tables);
        services.AddSingleton(config.Installation);
        services.AddSingleton(options.Spool);
        services.AddSingleton(options.Delivery);
        services.AddSingleton(options.Quarantine);
        services.AddSingleton(options.Counters);
        services.AddSingleton(options.Store);
        services.AddSingleton(options.Exposition);
        AddPipe(services, config);
        AddSources(services, config);
        AddWeb(services, config);
        foreach (Capability capability in config.Capabilities)
        {
            capability.AddServices(services, config.Sections);
            if (capability.Page is { } page)
            {
                services.AddSingleton(page);
            }
        }

        AddStages(services, config);
        WebApplication app = builder.Build();
        Wire(app, config);
        return app;
    }

    private static void AddPipe(IServiceCollection services, CollectorConfig config)
    {
        services.AddSingleton(provider => SpoolDirectory.Open(config.Options.Spool, TimeProvider.System, Logger<SpoolDirectory>(provider)));
        services.AddSingleton(provider => LocalState.Open(config.Installation.PathOf(LocalState.FileName), config.Options.Counters, TimeProvider.System, Logger<LocalState>(provider)));
        services.AddSingleton<ISourceMemory>(provider => provider.GetRequiredService<LocalState>());
        services.AddSingleton(provider => provider.GetRequiredService<LocalState>().Baselines);
        services.AddSingleton(provider => new Quarantine(config.Installation.PathOf(Quarantine.Folder), config.Options.Quarantine, TimeProvider.System, Logger<Quarantine>(provider)));
        services.AddSingleton(provider => Store(config.Options.Store, provider.GetRequiredService<ILoggerFactory>()));
        services.AddInstruments<DeliveryMetrics>();
        services.AddSingleton<StoreConnection>();
        services.AddSingleton<StoreWatch>();
        services.AddSingleton<SpoolForecast>();
        services.AddSingleton<Lanes>();
        services.AddSingleton<Replayer>();
        services.AddSingleton(provider => new AcceptedRows([.. provider.GetServices<IRowObserver>()]));
        services.AddSingleton<Intake>();
        services.AddSingleton<ILineSink>(provider => provider.GetRequiredService<Intake>());
        services.AddInstruments(provider => PipeMetrics(provider, config.Options));
    }

    private static void PipeMetrics(IServiceProvider services, CollectorOptions options)
    {
        Meter meter = services.GetRequiredService<Meter>();
        SpoolDirectory spool = services.GetRequiredService<SpoolDirectory>();
        Lanes lanes = services.GetRequiredService<Lanes>();
        Quarantine quarantine = services.GetRequiredService<Quarantine>();
        StoreConnection store = services.GetRequiredService<StoreConnection>();
        DeliveryMetrics delivery = services.GetRequiredService<DeliveryMetrics>();
        delivery.Publish(() => lanes.Ledger, () => spool.TotalBytes, () => quarantine.Bytes, options.Spool.MaxBytes.Bytes, () => store.Problem);
        delivery.PublishEvicted(services.GetRequiredService<IStore>());
        delivery.PublishLeft(quarantine);
        SpoolDamageMetrics.Publish(meter, spool);
        CounterMetrics.Publish(meter, services.GetRequiredService<LocalState>());
        WatchMetrics.Publish(meter, services.GetRequiredService<StoreWatch>());
    }

    private static void AddSources(IServiceCollection services, CollectorConfig config)
    {
        services.AddInstruments<SourceMetrics>();
        services.AddSingleton<SharedViews>();
        services.AddSingleton<IRowObserver>(provider => provider.GetRequiredService<SharedViews>().Of<PushedSeries>());
        services.AddSingleton(provider => new SourcePlan(running => CollectorStatusSource.Plan(
            new CollectorStatusOptions { Name = running.Name, Interval = running.StatusInterval, Timeout = running.StatusInterval, Host = running.HostName, Env = running.Env },
            config.Options.Spool.MaxBytes.Bytes, provider.GetRequiredService<Lanes>(), provider.GetRequiredService<SpoolDirectory>(),
            provider.GetRequiredService<SpoolForecast>(), provider.GetRequiredService<StoreWatch>(), provider.GetRequiredService<SourceMetrics>())));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<Retirement>(provider, provider.GetRequiredService<Lanes>()));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<SourceFleet>(
            provider, provider.GetRequiredService<SourcePlan>().Of(config.Options, config.Sources)));
    }

    private static void AddWeb(IServiceCollection services, CollectorConfig config)
    {
        CollectorOptions options = config.Options;
        services.AddSingleton(provider => new ServerCertificates(options.Http.Tls, config.Gateway?.Tls, TimeProvider.System, Logger<ServerCertificates>(provider)));
        services.LimitConnections(provider => provider.GetRequiredKeyedService<ConnectionLimit>(ListenerMetrics.Http));
        services.AddListener(ListenerMetrics.Http, options.Http.MaxConnections, quarters: 1, options.Http.Token);
        services.AddInstruments<ListenerMetrics>();
        services.AddInstruments(provider =>
        {
            provider.GetRequiredService<ListenerMetrics>().Publish([.. provider.GetServices<ConnectionLimit>()]);
            provider.GetRequiredService<ServerCertificates>().Publish(provider.GetRequiredService<Meter>());
            ProcessInstruments.Register(provider.GetRequiredService<Meter>());
        });
        services.AddSingleton(provider => new InstrumentSnapshot(MeterName, options.Exposition, TimeProvider.System, Logger<InstrumentSnapshot>(provider)));
        services.AddSingleton(provider => provider.GetRequiredService<InstrumentSnapshot>().CreateMeter());
        services.AddSingleton(provider => new LatestValues(config.Tables, options.Exposition, TimeProvider.System));
        services.AddSingleton<IRowObserver>(provider => provider.GetRequiredService<LatestValues>());
        services.AddSingleton(provider => new ScrapeRenderer(
            [provider.GetRequiredService<InstrumentSnapshot>(), provider.GetRequiredService<LatestValues>()], options.Exposition, Logger<ScrapeRenderer>(provider)));
        services.AddSingleton<ExpositionInstruments>();
        services.AddSingleton<SharedScrape>();
        services.AddSingleton<MetricsEndpoint>();
        services.AddSingleton(Health);
    }

    private static void AddStages(IServiceCollection services, CollectorConfig config)
    {
        services.AddSingleton<IStage, RecoverStage>();
        services.AddSingleton<IStage, DeliverStage>();
        AddBackground(services, Stage.Maintain, (provider, stop) => provider.GetRequiredService<StoreConnection>().MakeAsync(config.Tables, stop));
        AddBackground(services, Stage.Maintain, (provider, stop) =>
            provider.GetRequiredService<Replayer>().RunAsync(config.Options.Delivery.ReplayInterval, provider.GetRequiredService<Lanes>().Deliver, stop));
        AddBackground(services, Stage.Maintain, (provider, stop) => provider.GetRequiredService<Quarantine>().RunAsync(stop));
        AddBackground(services, Stage.Read, (provider, stop) => provider.GetRequiredService<SourceFleet>().RunAsync(stop));
        services.AddInstruments<ConfigReload>();
        services.AddSingleton<IStage>(provider => provider.GetRequiredService<ConfigReload>());
        services.AddHostedService<CollectorService>();
    }

    private static void AddBackground(IServiceCollection services, Stage stage, Func<IServiceProvider, CancellationToken, Task> run) =>
        services.AddSingleton<IStage>(provider => new BackgroundStage(stage, stop => run(provider, stop)));

    private static Health Health(IServiceProvider services)
    {
        SourceFleet sources = services.GetRequiredService<SourceFleet>();
        SpoolDirectory spool = services.GetRequiredService<SpoolDirectory>();
        Lanes lanes = services.GetRequiredService<Lanes>();
        return new Health([
            new Readiness("sources", () => sources.NotReadyBecause),
            new Readiness("spool", () => spool.SyncError),
            new Readiness("store", () => lanes.NotReadyBecause),
        ]);
    }

    private static void Wire(WebApplication app, CollectorConfig config)
    {
        IServiceProvider services = app.Services;
        DataFolder.Close(config, services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(DataFolder)));
        QuarantineEntry.Prepare();
        foreach (Instruments instruments in services.GetServices<Instruments>())
        {
            instruments.Make(services);
        }

        Logins logins = services.GetRequiredKeyedService<Logins>(ListenerMetrics.Http);
        app.Use(new ListenerGate(logins).InvokeAsync);
        services.GetRequiredService<MetricsEndpoint>().Map(app);
        services.GetRequiredService<Health>().Map(app, logins.WantsToken ? context => logins.Admits(context) : null);
        foreach (Capability capability in config.Capabilities)
        {
            capability.Map(app, services);
        }
    }

    /// <summary>The store that is configured.</summary>
    public static IStore Store(StoreOptions options, ILoggerFactory loggers) => options.Type == StoreType.Questdb
        ? new QuestDbStore(options.QuestDb, TimeProvider.System, loggers.CreateLogger<QuestDbStore>())
        : new SqliteStore(options.Sqlite, TimeProvider.System, loggers.CreateLogger<SqliteStore>());

    private static ILogger<T> Logger<T>(IServiceProvider services) => services.GetRequiredService<ILogger<T>>();
}
