namespace Collector.Capabilities.Gateway.Influx;

/// <summary>A name as a client of InfluxDB spells it, and as the table has it.</summary>
/// <param name="Given">The name within a line, its escapes included.</param>
/// <param name="Name">The one that the table gets: what such a name cannot hold became <c>_</c>.</param>
/// <param name="Written">The same within a line of QuestDB's dialect.</param>
/// <param name="Seat">Shared by all names that become one and the same.</param>
/// <param name="Problem">Why it cannot be a name all the same; null when it can.</param>
internal sealed record InfluxName(byte[] Given, string Name, byte[] Written, InfluxSeat Seat, string? Problem)
{
    /// <summary>True where the line may keep it as it is.</summary>
    public bool IsSame { get; } = Given.AsSpan().SequenceEqual(Written);
}

/// <summary>Where a name last stood, so that two that become one are found without comparing each with each.</summary>
internal sealed class InfluxSeat
{
    /// <summary>The line, by its number among those read.</summary>
    public long Line { get; set; } = -1;

    /// <summary>Its place within that line.</summary>
    public int Place { get; set; }
}
