using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Collector.Capabilities;

/// <summary>Makes instruments before anything is counted, so that each is at <c>/metrics</c> from the first scrape on.</summary>
public sealed record Instruments(Action<IServiceProvider> Make);

public static class InstrumentsExtensions
{
    /// <summary>Registers a singleton that makes its instruments in its constructor.</summary>
    public static void AddInstruments<T>(this IServiceCollection services)
        where T : class
    {
        services.TryAddSingleton<T>();
        services.AddInstruments(provider => provider.GetRequiredService<T>());
    }

    /// <inheritdoc cref="Instruments"/>
    public static void AddInstruments(this IServiceCollection services, Action<IServiceProvider> make) => services.AddSingleton(new Instruments(make));
}
