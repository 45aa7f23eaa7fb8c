namespace Collector.Lines;

/// <summary>What one source remembers over a restart of the collector. Losing it costs no data, only memory.</summary>
public interface ISourceState
{
    string? Get(string key);

    /// <summary>The names of what is remembered, those that begin with <paramref name="prefix"/>.</summary>
    IReadOnlyList<string> Keys(string prefix);

    void Set(string key, string value);

    void Forget(string key);

    /// <summary>Makes what was set, and the counters' baselines, outlast the process.</summary>
    void Save();
}

/// <summary>What all sources remember over a restart of the collector, those among them that are no longer configured.</summary>
public interface ISourceMemory
{
    /// <summary>Where the counters stood.</summary>
    CounterBaselines Baselines { get; }

    /// <summary>The memory of one source.</summary>
    ISourceState Of(string source);

    /// <summary>What sources remember under names that begin with <paramref name="prefix"/>.</summary>
    IReadOnlyList<(string Source, string Key)> Remembered(string prefix);

    /// <summary>Forgets one thing that a source remembers.</summary>
    void Forget(string source, string key);

    /// <summary>Forgets all that a source remembers.</summary>
    void ForgetAll(string source);

    /// <summary>Writes what has changed. Survives the end of the process at once, a power cut within seconds.</summary>
    void Save();
}
