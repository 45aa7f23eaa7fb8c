namespace Collector.Lines.Tables;

public enum TtlUnit
{
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// <summary>How long QuestDB keeps rows, by whole partitions, counted from the table's newest row.</summary>
public readonly record struct Ttl(int Value, TtlUnit Unit)
{
    /// <summary>The shortest span the TTL can mean: a month counts 28 days here, a year 365.</summary>
    public TimeSpan Shortest => Unit switch
    {
        TtlUnit.Hour => TimeSpan.FromHours(Value),
        TtlUnit.Day => TimeSpan.FromDays(Value),
        TtlUnit.Week => TimeSpan.FromDays(7L * Value),
        TtlUnit.Month => TimeSpan.FromDays(28L * Value),
        _ => TimeSpan.FromDays(365L * Value),
    };

    /// <summary>The largest number that a TTL may count: far beyond use, and far from any overflow.</summary>
    public const int MaxValue = 10_000;

    /// <summary>True when the span is a multiple of the partition's, as QuestDB demands.</summary>
    /// <param name="partitionBy">HOUR, DAY, WEEK, MONTH or YEAR, in any case.</param>
    public bool IsWhole(string partitionBy) => (partitionBy.ToUpperInvariant(), Unit) switch
    {
        ("DAY", TtlUnit.Hour) => Value % 24 == 0,
        ("WEEK", TtlUnit.Hour) => Value % (24 * 7) == 0,
        ("WEEK", TtlUnit.Day) => Value % 7 == 0,
        ("MONTH", TtlUnit.Hour or TtlUnit.Day or TtlUnit.Week) => false,
        ("YEAR", TtlUnit.Month) => Value % 12 == 0,
        ("YEAR", TtlUnit.Hour or TtlUnit.Day or TtlUnit.Week) => false,
        _ => true,
    };

    /// <summary>As DDL writes it: <c>90 DAYS</c>, <c>1 DAY</c>.</summary>
    public override string ToString() => $"{Value} {Unit.ToString().ToUpperInvariant()}{(Value == 1 ? "" : "S")}";
}
