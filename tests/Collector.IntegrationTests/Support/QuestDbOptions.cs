namespace Collector.IntegrationTests.Support;

/// <summary>How a test wants its own QuestDB.</summary>
public sealed record QuestDbOptions
{
    /// <summary>Small column pages, about 1 MB a table. Default true.</summary>
    public bool SmallPages { get; init; } = true;

    /// <summary>QuestDB's own settings, <c>QDB_…</c>. Default none.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } =
        new Dictionary<string, string?>(StringComparer.Ordinal);

    /// <summary>User of the basic authentication. Default none.</summary>
    public string? Username { get; init; }

    /// <summary>That user's password.</summary>
    public string? Password { get; init; }

    /// <summary>Longest time for a start. Default 2 minutes, for a machine that is busy.</summary>
    public TimeSpan ReadyWithin { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Longest time for a clean stop. Default 30 seconds.</summary>
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(30);
}
