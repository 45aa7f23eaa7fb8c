namespace Demo.Daemons;

/// <summary>The field <c>pipeline</c> of a daemon's report: by exchange and data type, what was gathered since the start.</summary>
internal sealed record PipelineReport
{
    public required IReadOnlyDictionary<string, Dictionary<string, StreamReport>> Exchanges { get; init; }
}

/// <summary>One data type of one exchange.</summary>
internal sealed record StreamReport
{
    public required long Count { get; init; }

    public required long Bytes { get; init; }

    /// <summary>From fetch to storage, the mean; null before the first record.</summary>
    public required double? LatencyMs { get; init; }

    public required IReadOnlyList<SymbolReport> Symbols { get; init; }
}

/// <summary>One series.</summary>
internal sealed record SymbolReport
{
    public required string Symbol { get; init; }

    public required long Count { get; init; }

    public required long Bytes { get; init; }

    /// <summary>As above.</summary>
    public required double? LatencyMs { get; init; }

    /// <summary>UTC; null before the first record.</summary>
    public required DateTime? LastAt { get; init; }
}
