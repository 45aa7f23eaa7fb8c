using Collector.Settings;


namespace Collector.Sources;

/// <summary>What every source can be told.</summary>
public abstract record SourceOptions
{
    /// <summary>Name of the source in metrics and logs, unique within its kind. Default: the kind's own choice.</summary>
    public string? Name { get; init; }

    /// <summary>Time from one reading to the next, from 100 ms to 1 day. Default 10 s.</summary>
    [Between("100ms", "1d")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time after which a reading is given up, from 10 ms to 10 min. Default 5 s.</summary>
    [Between("10ms", "10m")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The machine of the thing watched, as its rows name it. Default: this machine.</summary>
    public string? Host { get; init; }

    /// <summary>Environment of the thing watched, as its rows name it. Default: the collector's own <c>env</c>.</summary>
    public string? Env { get; init; }

    /// <summary>The same with its paths made absolute; relative ones count from the configuration file's folder.</summary>
    public virtual SourceOptions Resolved(Func<string, string> resolve) => this;
}
