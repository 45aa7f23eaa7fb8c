namespace Collector.Dashboards;

/// <summary>Panels that every dashboard has.</summary>
internal static class Shared
{
    public static Text About(string markdown) => new(1, "About", "What this dashboard is for, and how to read it.", markdown) { Width = 20, Height = 3 };

    /// <summary>How old the newest row is at the end of the range: everything else is only as fresh as this.</summary>
    /// <param name="rows">A condition, as <see cref="Fragments.Rows"/> gives it.</param>
    public static Stat Freshness(string table, string rows, Thresholds? limits = null) => new(
        2, "Newest row", $"Age of the newest row of {table} at the end of the range. Everything else here is only as fresh as this.")
    {
        Width = 4,
        Height = 3,
        Unit = Unit.Seconds,
        Decimals = 0,
        Thresholds = limits ?? Limits.Age,
        Sql = [$"SELECT datediff('s', max(timestamp), $__toTime) AS age FROM {table} WHERE {rows}"],
    };
}
