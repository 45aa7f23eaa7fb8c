using System.Collections.Concurrent;

namespace Collector.Sources;

/// <summary>What the sources of one collector know together, such as whether a whole market is silent: one object of each type.</summary>
public sealed class SharedViews
{
    private readonly ConcurrentDictionary<Type, object> _views = new();

    public T Of<T>()
        where T : class, new() => (T)_views.GetOrAdd(typeof(T), _ => new T());
}
