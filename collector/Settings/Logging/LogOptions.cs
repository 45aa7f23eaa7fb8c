namespace Collector.Settings.Logging;

/// <summary>What the collector says of itself.</summary>
public sealed record LogOptions
{
    /// <summary>The least level that is written. Default <c>information</c>.</summary>
    public Serilog.Events.LogEventLevel Level { get; init; } = Serilog.Events.LogEventLevel.Information;

    /// <summary>How an event is written. Default <c>text</c>.</summary>
    public LogFormat Format { get; init; } = LogFormat.Text;
}
