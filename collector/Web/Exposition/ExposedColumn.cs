using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Web.Exposition;

/// <summary>Reads one column of a row as the number that <c>/metrics</c> shows.</summary>
internal sealed class ExposedColumn
{
    private readonly double _factor;
    private readonly double _divisor;

    public ExposedColumn(Column column)
    {
        Column = column;
        double scale = column.Metric!.Scale;
        double inverse = Math.Round(1 / scale);

        // 12.34 × 0.001 is 0.012339999999999999, and 12.34 / 1000 the double nearest to 0.01234.
        (_factor, _divisor) = scale < 1 && Math.Abs((inverse * scale) - 1) < 1e-12 ? (1.0, inverse) : (scale, 1.0);
    }

    public Column Column { get; }

    /// <summary>The value in base units, a timestamp in seconds since 1970; NaN where the row has none.</summary>
    public double Read(LineReader row)
    {
        if (!row.Has(Column))
        {
            return double.NaN;
        }

        double value = Column.Type switch
        {
            ColumnType.Boolean => row.Boolean(Column) ? 1 : 0,
            ColumnType.Long or ColumnType.Timestamp => row.Long(Column),
            _ => row.Double(Column),
        };
        return value * _factor / _divisor;
    }
}
