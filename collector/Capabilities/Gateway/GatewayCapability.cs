using System.Diagnostics.Metrics;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Pipe.Spool;
using Collector.Stores;
using Collector.Web.Listeners;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Collector.Capabilities.Gateway;

/// <summary>Line protocol in over HTTP, on a listener of its own.</summary>
public sealed class GatewayCapability : Capability
{
    public override IReadOnlyList<Section> Sections => [Section.Of<GatewayOptions>("gateway")];

    public override IReadOnlyList<string> Files => [MadeTables.FolderName, ArrivalClock.FileName, UnansweredFile.FileName];

    public override bool IsOn(SectionOptions options) => options.Of<GatewayOptions>().Enabled;

    public override void LoadTables(string dataFolder, TableCatalog tables, List<SchemaFault> faults) =>
        MadeTables.Load(Path.Combine(dataFolder, MadeTables.FolderName), tables, faults);

    public override void AddServices(IServiceCollection services, SectionOptions options)
    {
        GatewayOptions gateway = options.Of<GatewayOptions>();
        services.AddSingleton(gateway);
        services.AddListener(ListenerMetrics.Gateway, gateway.MaxConnections, quarters: 3, gateway.Token);
        services.AddSingleton(_ => new BufferBudget(Math.Min(gateway.MaxBufferedBytes.Bytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4)));
        services.AddInstruments<GatewayMetrics>();
        services.AddSingleton(Room);
        services.AddSingleton<ITableLookup>(provider => provider.GetRequiredService<StoreConnection>());
        AddWithPath<GatewayTables>(services, MadeTables.FolderName);
        services.AddSingleton<TableIntakes>();
        AddWithPath<ArrivalClock>(services, ArrivalClock.FileName);
        services.AddSingleton<GatewayWriter>();
        AddWithPath<UnansweredRequests>(services, UnansweredFile.FileName);
        services.AddSingleton<WriteEndpoint>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<GatewayEndpoint>(provider, provider.GetRequiredKeyedService<Logins>(ListenerMetrics.Gateway)));
        services.AddSingleton(provider => new GatewayListener(
            gateway, provider.GetRequiredService<GatewayEndpoint>(), provider.GetRequiredKeyedService<ConnectionLimit>(ListenerMetrics.Gateway),
            provider.GetRequiredService<ILoggerFactory>(), provider.GetRequiredService<ServerCertificates>().Gateway));
        services.AddSingleton<GatewayStage>();
        services.AddSingleton<IStage>(provider => provider.GetRequiredService<GatewayStage>());
        services.AddHostedService(provider => provider.GetRequiredService<GatewayStage>());
        services.AddInstruments(Publish);
    }

    private static void AddWithPath<T>(IServiceCollection services, string name)
        where T : class =>
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<T>(provider, provider.GetRequiredService<Installation>().PathOf(name)));

    /// <summary>The database's disk can be asked only where it is this machine's.</summary>
    private static GrowthRoom Room(IServiceProvider services)
    {
        StoreOptions store = services.GetRequiredService<StoreOptions>();
        string folder = services.GetRequiredService<Installation>().DataFolder;
        return store.Type == StoreType.Questdb && store.QuestDb.Url.IsLoopback
            ? new GrowthRoom(() => SpoolDisk.Real.FreeBytes(folder), services.GetRequiredService<SpoolOptions>().MinFreeBytes.Bytes)
            : new GrowthRoom();
    }

    private static void Publish(IServiceProvider services)
    {
        BufferBudget buffered = services.GetRequiredService<BufferBudget>();
        UnansweredRequests unanswered = services.GetRequiredService<UnansweredRequests>();
        GatewayMetrics.Publish(
            services.GetRequiredService<Meter>(), () => buffered.Taken, services.GetRequiredService<GatewayTables>(), services.GetRequiredService<TableIntakes>(), () => unanswered.Count);
    }
}
