using Collector.Capabilities.Status.Live;
using Collector.Capabilities.Status.Page;
using Collector.Capabilities.Status.Recent;
using Collector.Lines;
using Collector.Pipe.Delivery;
using Collector.Pipe.Spool;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Collector.Capabilities.Status;

/// <summary>The collector shown to people: the page at <c>/</c> with what it reads, alerts in the log, and a sign of life to an outside service.</summary>
public sealed class StatusCapability : Capability
{
    public override IReadOnlyList<Section> Sections => [Section.Of<PageOptions>("page"), Section.Of<HeartbeatOptions>("heartbeat")];

    public override PageLink Page => new("/", "Status");

    public override void AddServices(IServiceCollection services, SectionOptions options)
    {
        PageOptions page = options.Of<PageOptions>();
        services.AddSingleton(page);
        services.AddSingleton<RecentRows>();
        services.AddSingleton<IRowObserver>(provider => provider.GetRequiredService<RecentRows>());
        services.AddInstruments<LiveMetrics>();
        services.AddSingleton<LiveFeed>();
        services.AddSingleton(provider => new QuarantineDigest(provider.GetRequiredService<Installation>().PathOf(Quarantine.Folder)));
        services.AddSingleton(provider => new Reported(
            provider.GetRequiredService<Installation>().Name, PageFiles.Edition, page.Interval, provider.GetRequiredService<SpoolOptions>(), provider.GetRequiredService<QuarantineOptions>(),
            [.. provider.GetServices<PageLink>()]));
        services.AddSingleton<StatusReader>();
        services.AddSingleton<ApiEndpoints>();
        services.AddInstruments<AlertLog>();
        HeartbeatOptions heartbeat = options.Of<HeartbeatOptions>();
        if (heartbeat.Url is not null)
        {
            services.AddSingleton(heartbeat);
            services.AddInstruments<DeadMansSwitch>();
            services.AddHostedService(provider => provider.GetRequiredService<DeadMansSwitch>());
        }
    }

    public override void Map(IEndpointRouteBuilder endpoints, IServiceProvider services)
    {
        services.GetRequiredService<AlertLog>().Map(endpoints);
        services.GetRequiredService<ApiEndpoints>().Map(endpoints);
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(services.GetRequiredService<LiveFeed>().Stop);
    }
}
