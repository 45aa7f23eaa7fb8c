namespace Demo.Daemons;

/// <summary>The body of <c>GET /daemons/NAME/status</c>; its JSON names are the properties' in snake_case.</summary>
internal sealed record DaemonReport
{
    public required bool Running { get; init; }

    public required bool ShutdownRequested { get; init; }

    /// <summary>Fetches completed since the start.</summary>
    public required long FetchCount { get; init; }

    public required long ErrorCount { get; init; }

    public required long LiquidationCount { get; init; }

    public required double UptimeSeconds { get; init; }

    /// <summary>UTC, as ISO 8601; null before the first fetch.</summary>
    public required DateTime? LastFetchTime { get; init; }

    /// <summary>Text of the latest error; null while there was none.</summary>
    public required string? LastError { get; init; }

    public required IReadOnlyList<string> Symbols { get; init; }

    public required IReadOnlyList<string> Exchanges { get; init; }

    /// <summary>The demo's: all daemons are in one process.</summary>
    public required int Pid { get; init; }

    /// <summary>Simulated.</summary>
    public required long MemoryBytes { get; init; }

    public required PipelineReport Pipeline { get; init; }
}
