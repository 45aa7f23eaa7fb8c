namespace Collector.Lines.Tables;

/// <summary>One column of a <see cref="Table"/>, the designated timestamp excepted.</summary>
public sealed class Column
{
    public required string Name { get; init; }

    public required ColumnType Type { get; init; }

    /// <summary>The type as the database names it (<c>UUID</c>, <c>DECIMAL(18,4)</c>, <c>DOUBLE[]</c>), where it is <see cref="ColumnType.Other"/>.</summary>
    public string? DatabaseType { get; init; }

    /// <summary>The type as statements and sentences have it.</summary>
    public string TypeName => DatabaseType ?? Type.ToString().ToUpperInvariant();

    /// <summary>A line named it first: neither a schema file nor the database had it.</summary>
    public bool IsMade { get; init; }

    /// <summary>Position in <see cref="Table.Columns"/>: an index for arrays that run beside the columns.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Part of the dedup keys: together with the timestamp it tells rows apart.</summary>
    public required bool IsKey { get; init; }

    /// <summary>What the column means, from its comment.</summary>
    public string Help { get; init; } = "";

    /// <summary>Unit of the stored value (<see cref="Tables.Unit"/>), or empty.</summary>
    public string Unit { get; init; } = "";

    /// <summary>How <c>/metrics</c> shows the column; null where it does not.</summary>
    public Metric? Metric { get; init; }

    /// <summary>A value that only grows until its owner restarts, and is never negative.</summary>
    public bool IsCounter => Metric?.Kind == MetricKind.Counter || Delta is not null;

    /// <summary>The column <c>&lt;name&gt;_delta</c> that takes this counter's increase, both LONG; null where there is none.</summary>
    public Column? Delta { get; internal set; }

    /// <summary>True for a column that the line writer fills from its counter, never a source.</summary>
    public bool IsDelta { get; internal set; }

    public override string ToString() => Name;
}
