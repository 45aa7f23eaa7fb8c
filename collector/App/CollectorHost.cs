using System.Diagnostics.Metrics;
using Collector.Capabilities.Gateway;
using Collector.Capabilities.Status;
using Collector.Capabilities.Status.Live;
using Collector.Capabilities.Status.Page;
using Collector.Capabilities.Status.Recent;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe;
using Collector.Pipe.Delivery;
using Collector.Pipe.Replay;
using Collector.Pipe.Spool;
using Collector.Pipe.State;
using Collector.Settings;
using Collector.Sources;
using Collector.Sources.Running;
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
        if (FileLimit.Problem(FileLimit.Read()) is { } tooFew)
        {
            throw new IOException(tooFew);
        }

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
        services.AddSingleton(options.Delivery);
        services.AddSingleton(options.Exposition);
        services.AddSingleton(_ => new Meter(MeterName));
        services.AddSingleton(provider => new ServerCertificates(
            options.Http.Tls, options.Gateway.Enabled ? options.Gateway.Tls : null, TimeProvider.System, Logger<ServerCertificates>(provider)));
        services.AddSingleton(provider => SpoolDirectory.Open(options.Spool, TimeProvider.System, Logger<SpoolDirectory>(provider)));
        services.AddSingleton(provider => LocalState.Open(Path.Combine(options.DataDir, "state.db"), options.Counters, TimeProvider.System, Logger<LocalState>(provider)));
        services.AddSingleton(provider => new Quarantine(Path.Combine(options.DataDir, Quarantine.Folder), options.Quarantine, TimeProvider.System, Logger<Quarantine>(provider)));
        services.AddSingleton(provider => Store(options.Store, provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<DeliveryMetrics>();
        services.AddSingleton<StoreConnection>();
        services.AddSingleton<StoreWatch>();
        services.AddSingleton<SpoolForecast>();
        services.AddSingleton<Lanes>();
        services.AddSingleton<Replayer>();
        services.AddSingleton(provider => new LatestValues(config.Tables, options.Exposition, TimeProvider.System));
        services.AddSingleton<SharedViews>();
        services.AddSingleton<IRowObserver>(provider => provider.GetRequiredService<LatestValues>());
        services.AddSingleton<IRowObserver>(provider => provider.GetRequiredService<SharedViews>().Of<PushedSeries>());
        services.AddSingleton(provider => new AcceptedRows([.. provider.GetServices<IRowObserver>()]));
        services.AddSingleton<Intake>();
        services.AddSingleton<SourceMetrics>();
        services.AddSingleton<ISourceMemory>(provider => provider.GetRequiredService<LocalState>());
        services.AddSingleton(provider => new SourcePlan(running => CollectorStatusSource.Plan(
            new CollectorStatusOptions { Name = running.Name, Interval = running.StatusInterval, Timeout = running.StatusInterval, Host = running.HostName, Env = running.Env },
            options.Spool.MaxBytes.Bytes, provider.GetRequiredService<Lanes>(), provider.GetRequiredService<SpoolDirectory>(),
            provider.GetRequiredService<SpoolForecast>(), provider.GetRequiredService<StoreWatch>(), provider.GetRequiredService<SourceMetrics>())));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<Retirement>(provider, provider.GetRequiredService<Lanes>()));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<SourceFleet>(
            provider, provider.GetRequiredService<SourcePlan>().Of(options, config.Sources)));
        services.AddSingleton<ConfigReload>();
        services.AddSingleton(provider => new InstrumentSnapshot(MeterName, options.Exposition, TimeProvider.System, Logger<InstrumentSnapshot>(provider)));
        services.AddSingleton(provider => new MetricsPage(
            [provider.GetRequiredService<InstrumentSnapshot>(), provider.GetRequiredService<LatestValues>()], options.Exposition, Logger<MetricsPage>(provider)));
        services.AddSingleton<ExpositionInstruments>();
        services.AddSingleton<SharedScrape>();
        services.AddSingleton<MetricsEndpoint>();
        services.AddSingleton<AlertLog>();
        services.AddSingleton<ListenerMetrics>();
        services.LimitConnections(provider => provider.GetRequiredKeyedService<ConnectionLimit>(ListenerMetrics.Http));
        AddListener(services, ListenerMetrics.Http, options.Http.MaxConnections, quarters: 1, options.Http.Token);
        AddListener(services, ListenerMetrics.Gateway, options.Gateway.MaxConnections, quarters: 3, options.Gateway.Token);
        services.AddSingleton(Health);
        AddGateway(services, options);
        AddPage(services, options);
        services.AddHostedService<CollectorService>();
        if (options.Heartbeat.Url is not null)
        {
            services.AddSingleton(options.Heartbeat);
            services.AddSingleton<Heartbeat>();
            services.AddHostedService(provider => provider.GetRequiredService<Heartbeat>());
        }

        WebApplication app = builder.Build();
        Wire(app, options);
        return app;
    }

    /// <param name="quarters">Its share of the files that are left to connections, in quarters.</param>
    private static void AddListener(IServiceCollection services, string name, int maxConnections, int quarters, Secret? token)
    {
        services.AddKeyedSingleton(name, (provider, _) => ConnectionLimit.Fitting(
            name, maxConnections, quarters, provider.GetRequiredService<ListenerMetrics>(), TimeProvider.System, Logger<ConnectionLimit>(provider)));
        services.AddKeyedSingleton(name, (provider, _) => new Logins(
            name, token, provider.GetRequiredService<ListenerMetrics>(), TimeProvider.System, Logger<Logins>(provider)));
    }

    private static void AddGateway(IServiceCollection services, CollectorOptions options)
    {
        services.AddSingleton(options.Gateway);
        services.AddSingleton<ILineSink>(provider => provider.GetRequiredService<Intake>());
        services.AddSingleton(provider => provider.GetRequiredService<LocalState>().Baselines);
        services.AddSingleton(_ => new BufferBudget(Math.Min(options.Gateway.MaxBufferedBytes.Bytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4)));
        services.AddSingleton<GatewayMetrics>();
        bool isNear = options.Store.Type == StoreType.Questdb && options.Store.QuestDb.Url.IsLoopback;
        services.AddSingleton(_ => isNear ? new GrowthRoom(() => SpoolDisk.Real.FreeBytes(options.DataDir), options.Spool.MinFreeBytes.Bytes) : new GrowthRoom());
        services.AddSingleton<ITableLookup>(provider => provider.GetRequiredService<StoreConnection>());
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<GatewayTables>(provider, options.MadeTablesDir));
        services.AddSingleton<TableDoors>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ArrivalClock>(provider, Path.Combine(options.DataDir, ArrivalClock.FileName)));
        services.AddSingleton<GatewayWriter>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<UnansweredRequests>(provider, Path.Combine(options.DataDir, UnansweredFile.FileName)));
        services.AddSingleton<WriteEndpoint>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<GatewayEndpoint>(provider, provider.GetRequiredKeyedService<Logins>(ListenerMetrics.Gateway)));
        services.AddSingleton(provider => new GatewayListener(
            options.Gateway, provider.GetRequiredService<GatewayEndpoint>(), provider.GetRequiredKeyedService<ConnectionLimit>(ListenerMetrics.Gateway),
            provider.GetRequiredService<ILoggerFactory>(), provider.GetRequiredService<ServerCertificates>().Gateway));
    }

    private static void AddPage(IServiceCollection services, CollectorOptions options)
    {
        services.AddSingleton(options.Page);
        services.AddSingleton<RecentRows>();
        services.AddSingleton<IRowObserver>(provider => provider.GetRequiredService<RecentRows>());
        services.AddSingleton<LiveMetrics>();
        services.AddSingleton<LiveFeed>();
        services.AddSingleton(_ => new QuarantineDigest(Path.Combine(options.DataDir, Quarantine.Folder)));
        services.AddSingleton(provider => new StatusReader(
            new Reported(options.Name, PageFiles.Edition, options.Page.Interval, options.Spool, options.Quarantine),
            provider.GetRequiredService<Health>(), provider.GetRequiredService<SourceMetrics>(), provider.GetRequiredService<Lanes>(),
            provider.GetRequiredService<SpoolDirectory>(), provider.GetRequiredService<SpoolForecast>(), provider.GetRequiredService<StoreConnection>(),
            provider.GetRequiredService<StoreWatch>(), provider.GetRequiredService<Quarantine>(), provider.GetRequiredService<QuarantineDigest>(), TimeProvider.System));
        services.AddSingleton<ApiEndpoints>();
    }

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

    private static void Wire(WebApplication app, CollectorOptions options)
    {
        IServiceProvider services = app.Services;
        DataFolder.Close(options, services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(DataFolder)));
        SpoolDirectory spool = services.GetRequiredService<SpoolDirectory>();
        Lanes lanes = services.GetRequiredService<Lanes>();
        Quarantine quarantine = services.GetRequiredService<Quarantine>();
        StoreConnection store = services.GetRequiredService<StoreConnection>();
        QuarantineEntry.Prepare();
        services.GetRequiredService<InstrumentSnapshot>();
        services.GetRequiredService<DeliveryMetrics>().Publish(
            () => lanes.Ledger, () => spool.TotalBytes, () => quarantine.Bytes, options.Spool.MaxBytes.Bytes, () => store.Problem);
        services.GetRequiredService<DeliveryMetrics>().PublishEvicted(services.GetRequiredService<IStore>());
        services.GetRequiredService<DeliveryMetrics>().PublishLeft(quarantine);
        SpoolDamageMetrics.Publish(services.GetRequiredService<Meter>(), spool);
        CounterMetrics.Publish(services.GetRequiredService<Meter>(), services.GetRequiredService<LocalState>());
        services.GetRequiredService<ServerCertificates>().Publish(services.GetRequiredService<Meter>());
        WatchMetrics.Publish(services.GetRequiredService<Meter>(), services.GetRequiredService<StoreWatch>());
        if (options.Gateway.Enabled)
        {
            BufferBudget buffered = services.GetRequiredService<BufferBudget>();
            GatewayTables tables = services.GetRequiredService<GatewayTables>();
            store.Adopt = tables.Adopt;
            UnansweredRequests unanswered = services.GetRequiredService<UnansweredRequests>();
            unanswered.Load();
            GatewayMetrics.Publish(services.GetRequiredService<Meter>(), () => buffered.Taken, tables, services.GetRequiredService<TableDoors>(), () => unanswered.Count);
        }

        services.GetService<Heartbeat>();
        ProcessInstruments.Register(services.GetRequiredService<Meter>());
        services.GetRequiredService<ConfigReload>();
        services.GetRequiredService<ListenerMetrics>().Publish(
        [
            services.GetRequiredKeyedService<ConnectionLimit>(ListenerMetrics.Http),
            .. options.Gateway.Enabled ? [services.GetRequiredKeyedService<ConnectionLimit>(ListenerMetrics.Gateway)] : Array.Empty<ConnectionLimit>(),
        ]);
        Logins logins = services.GetRequiredKeyedService<Logins>(ListenerMetrics.Http);
        app.Use(new PageGate(logins).InvokeAsync);
        services.GetRequiredService<MetricsEndpoint>().Map(app);
        services.GetRequiredService<AlertLog>().Map(app);
        services.GetRequiredService<Health>().Map(app, logins.WantsToken ? context => logins.Admits(context) : null);
        services.GetRequiredService<ApiEndpoints>().Map(app);
        app.Lifetime.ApplicationStopping.Register(services.GetRequiredService<LiveFeed>().Stop);
    }

    /// <summary>The store that is configured.</summary>
    public static IStore Store(StoreOptions options, ILoggerFactory loggers) => options.Type == StoreType.Questdb
        ? new QuestDbStore(options.QuestDb, TimeProvider.System, loggers.CreateLogger<QuestDbStore>())
        : new SqliteStore(options.Sqlite, TimeProvider.System, loggers.CreateLogger<SqliteStore>());

    private static ILogger<T> Logger<T>(IServiceProvider services) => services.GetRequiredService<ILogger<T>>();
}
