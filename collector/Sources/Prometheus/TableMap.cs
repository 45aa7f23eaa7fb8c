using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Sources.Prometheus;

/// <summary>A column of a typed table and the samples that fill it.</summary>
/// <param name="Target">The column's place among those that the map fills.</param>
internal sealed record ColumnMap(int Target, string Metric, LabelMatch Labels, double Scale);

/// <summary>A key of a typed table: one value for all rows, or that of a label.</summary>
internal sealed record KeyMap(string? Constant, string? Label);

/// <summary>A column with one value in all rows, ready to be written.</summary>
internal sealed record Constant(Column Column, Action<LineWriter> Write);

/// <summary>How samples become rows of one table. Made by <see cref="TableMapReader"/>, which has checked all of it.</summary>
/// <param name="targets">The columns that samples fill, each once.</param>
/// <param name="constants">Symbols first: in a line they stand before all fields.</param>
internal sealed class TableMap(Table table, KeyMap[] keys, Column[] targets, ColumnMap[] columns, Constant[] constants)
{
    private const double MicrosPerSecond = 1e6;

    /// <summary>Seconds since 1970, in the year 8307: what lies behind it is no time but another unit.</summary>
    private const double LastSecond = 2e11;

    /// <summary>2^63: the first number that no LONG holds.</summary>
    private const double LongEnd = 9_223_372_036_854_775_808;

    private readonly Dictionary<SeriesKeys, MappedRow> _rows = [];

    public Table Table => table;

    public int ColumnCount => targets.Length;

    /// <summary>The columns that the samples of a series fill.</summary>
    public IEnumerable<Cell> Cells(SeriesText series) =>
        from column in columns
        where column.Metric == series.Name && column.Labels.All(series)
        select new Cell(RowOf(series), column.Target, column.Scale);

    /// <summary>Whether a row of the map could have these keys.</summary>
    public bool Names(IReadOnlyList<string> values) =>
        values.Count == keys.Length && keys.Select((key, i) => key.Constant is null || key.Constant == values[i]).All(fits => fits);

    /// <summary>Takes a sample for a column, or leaves it out.</summary>
    public void Put(in Cell cell, double sample, long read, Series series, Reading reading, List<MappedRow> touched)
    {
        double value = sample * cell.Scale;
        if (!Fits(targets[cell.Column], value))
        {
            reading.LeaveOut(LeftOut.Range, series);
        }
        else if (!cell.Row.Put(cell.Column, value, read, touched))
        {
            reading.LeaveOut(LeftOut.Ambiguous, series);
        }
    }

    /// <summary>Writes a row with the samples it has; none where it has none.</summary>
    public void Write(MappedRow row, Reading reading, DateTimeOffset time)
    {
        if (row.IsEmpty)
        {
            return;
        }

        LineWriter line = reading.Begin(table, row.Keys);
        foreach (Constant constant in constants)
        {
            constant.Write(line);
        }

        for (int i = 0; i < targets.Length; i++)
        {
            if (row[i] is { } value)
            {
                Write(line, targets[i], value);
            }
        }

        reading.End(line, time);
    }

    /// <summary>Forgets all rows but these.</summary>
    public void Keep(IReadOnlySet<MappedRow> rows)
    {
        foreach ((SeriesKeys key, MappedRow row) in _rows)
        {
            if (!rows.Contains(row))
            {
                _rows.Remove(key); // allowed while it is gone through
            }
        }
    }

    private MappedRow RowOf(SeriesText series)
    {
        string[] values = [.. keys.Select(key => key.Constant ?? series[key.Label!])];
        var row = new SeriesKeys(table, values);
        if (!_rows.TryGetValue(row, out MappedRow? known))
        {
            _rows[row] = known = new MappedRow(this, values);
        }

        return known;
    }

    private static bool Fits(Column column, double value) => column.Type switch
    {
        ColumnType.Long => Math.Round(value) is var whole && whole < LongEnd && whole > (column.IsCounter ? -1 : -LongEnd),
        ColumnType.Timestamp => value is >= 0 and < LastSecond,
        _ => double.IsFinite(value) && !(column.IsCounter && value < 0),
    };

    private static void Write(LineWriter line, Column column, double value)
    {
        switch (column.Type)
        {
            case ColumnType.Long:
                line.Set(column, (long)Math.Round(value));
                break;
            case ColumnType.Boolean:
                line.Set(column, value != 0);
                break;
            case ColumnType.Timestamp:
                line.Set(column, DateTimeOffset.UnixEpoch.AddTicks((long)Math.Round(value * MicrosPerSecond) * TimeSpan.TicksPerMicrosecond));
                break;
            default:
                line.Set(column, value);
                break;
        }
    }
}
