using System.Text;
using Collector.Lines.Tables;

namespace Collector.Web.Exposition;

/// <summary>An exposed column as a metric family.</summary>
public sealed class ColumnFamily : Family
{
    private readonly SeriesTable _table;
    private readonly int _index;
    private readonly byte[] _name;

    /// <param name="index">Of the column among the exposed ones.</param>
    public ColumnFamily(SeriesTable table, int index, Column column)
        : base(column.Metric!.Name, column.Metric.Kind == MetricKind.Counter ? FamilyType.Counter : FamilyType.Gauge, column.Help)
    {
        (_table, _index) = (table, index);
        _name = Encoding.UTF8.GetBytes(Name);
    }

    public override void WriteSamples(ScrapeBuffer page, LabelSets? shown) => _table.WriteSamples(page, _index, _name, shown);

    public override string ToString() => $"{base.ToString()} of the table {_table.Table}";
}
