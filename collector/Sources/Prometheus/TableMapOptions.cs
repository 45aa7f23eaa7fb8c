using System.ComponentModel.DataAnnotations;
using Collector.Settings;

namespace Collector.Sources.Prometheus;

/// <summary>A table that samples of a page fill: those of equal keys in one reading make one row.</summary>
internal sealed record TableMapOptions
{
    /// <summary>The table, one of the schema folder.</summary>
    public required string Table { get; init; }

    /// <summary>Keys with the same value in each row: <c>{daemon: trader}</c>. <c>host</c> and <c>env</c> are the source's own unless they are given.</summary>
    [MayBeEmpty]
    public IReadOnlyDictionary<string, string> Keys { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Keys that are a label's value, empty where a sample has no such label: <c>{exchange: venue}</c>, the key first. Default: none.</summary>
    public IReadOnlyDictionary<string, string> KeyLabels { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Other columns with the same value in each row, SYMBOL, VARCHAR, BOOLEAN or a number: <c>{state: running}</c>. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Which metrics fill which columns.</summary>
    [MinLength(1)]
    public required IReadOnlyList<ColumnMapOptions> Columns { get; init; }
}
