namespace Collector.Settings.Logging;

/// <summary>How the log is written.</summary>
public enum LogFormat
{
    /// <summary>One readable line an event.</summary>
    Text,

    /// <summary>One JSON object an event, in Serilog's compact format.</summary>
    Json,
}
