using Collector.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Collector.Web.Listeners;

/// <summary>What belongs to a listener, under its name.</summary>
public static class ListenerServices
{
    /// <summary>Registers the limit of its connections and its logins.</summary>
    /// <param name="name">One of <see cref="ListenerMetrics"/>.</param>
    /// <param name="quarters">Its share of the files that are left to connections, in quarters.</param>
    public static void AddListener(this IServiceCollection services, string name, int maxConnections, int quarters, Secret? token)
    {
        services.AddKeyedSingleton(name, (provider, _) => ConnectionLimit.Fitting(
            name, maxConnections, quarters, provider.GetRequiredService<ListenerMetrics>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ConnectionLimit>>()));
        services.AddSingleton(provider => provider.GetRequiredKeyedService<ConnectionLimit>(name));
        services.AddKeyedSingleton(name, (provider, _) => new Logins(
            name, token, provider.GetRequiredService<ListenerMetrics>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<Logins>>()));
    }
}
