using System.Runtime.InteropServices;

namespace Collector.Sources.Prometheus;

/// <summary>A column of a row that a series fills.</summary>
/// <param name="Column">Its place among the columns of the row's map.</param>
/// <param name="Scale">What the sample is multiplied by.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Cell(MappedRow Row, int Column, double Scale);

/// <summary>A row of a typed table while the samples of one reading come in. Kept from one reading to the next.</summary>
internal sealed class MappedRow(TableMap map, string[] keys)
{
    private readonly double[] _values = new double[map.ColumnCount];
    private readonly CellState[] _states = new CellState[map.ColumnCount];

    private long _lastRead;

    private enum CellState : byte
    {
        Empty,
        Filled,
        Ambiguous,
    }

    public TableMap Map { get; } = map;

    public string[] Keys { get; } = keys;

    /// <summary>No column has a sample that counts.</summary>
    public bool IsEmpty => !_states.AsSpan().Contains(CellState.Filled);

    /// <summary>Puts a sample in its column.</summary>
    /// <returns>False where another sample of this reading stands there: then neither counts.</returns>
    public bool Put(int column, double value, long reading, List<MappedRow> touched)
    {
        if (_lastRead != reading)
        {
            _lastRead = reading;
            Array.Clear(_states);
            touched.Add(this);
        }

        bool isFirst = _states[column] == CellState.Empty;
        (_values[column], _states[column]) = (value, isFirst ? CellState.Filled : CellState.Ambiguous);
        return isFirst;
    }

    /// <summary>The sample of a column; null where there is none, or more than one.</summary>
    public double? this[int column] => _states[column] == CellState.Filled ? _values[column] : null;
}
