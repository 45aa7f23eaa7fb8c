namespace Collector.Tables;

internal enum TtlUnit
{
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// <summary>How long QuestDB keeps rows, by whole partitions, counted from the table's newest row.</summary>
internal readonly record struct Ttl(int Value, TtlUnit Unit)
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

    /// <summary>As DDL writes it: <c>90 DAYS</c>, <c>1 DAY</c>.</summary>
    public override string ToString() => $"{Value} {Unit.ToString().ToUpperInvariant()}{(Value == 1 ? "" : "S")}";
}
