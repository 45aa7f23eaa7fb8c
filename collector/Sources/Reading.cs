using Collector.Lines;
using Collector.Tables;

namespace Collector.Sources;

/// <summary>The rows of one reading, table by table, on their way to the sink. Used by one source at a time, again and again.</summary>
/// <param name="source">Who takes the readings: <c>daemon/oi-fetcher</c>.</param>
internal sealed class Reading(string source, TimeProvider clock, CounterBaselines baselines)
{
    private readonly List<LineWriter> _writers = [];
    private readonly List<RefusedRow> _refused = [];

    /// <summary>Begins a row; see <see cref="LineWriter.Begin"/>. <see cref="End"/> finishes it.</summary>
    public LineWriter Begin(Table table, params ReadOnlySpan<string?> keys)
    {
        LineWriter? writer = _writers.Find(writer => writer.Table == table);
        if (writer is null)
        {
            _writers.Add(writer = new LineWriter(table, clock, baselines));
        }
        else if (writer.Rows == 0)
        {
            writer.Discard(); // the answer may have taken its time: the row is dated from now on
        }

        writer.Begin(keys);
        return writer;
    }

    /// <summary>Ends a row with its time: the instant at which the answer was read.</summary>
    public void End(LineWriter row, DateTimeOffset time)
    {
        if (row.End(time) is { } fault)
        {
            _refused.Add(new RefusedRow(row.Table, source, fault, row.Refused.ToArray()));
        }
    }

    /// <summary>Rows that their tables did not take, with the reasons.</summary>
    internal IReadOnlyList<RefusedRow> Refused => _refused;

    /// <summary>Hands all rows to <paramref name="sink"/>, those that their tables did not take too, and is empty afterwards.</summary>
    /// <returns>The number of rows taken, and why others were not; null when all were.</returns>
    internal async ValueTask<(int Rows, string? Refusal)> HandOverAsync(ILineSink sink, TimeSpan interval, CancellationToken cancellationToken)
    {
        if (_refused.Count > 0)
        {
            sink.Refuse([.. _refused]);
            _refused.Clear();
        }

        int rows = 0;
        string? refusal = null;
        foreach (LineWriter writer in _writers.Where(writer => writer.Rows > 0))
        {
            string? refused = await sink.AcceptAsync(new LineRows(writer.Table, writer.Written, writer.Rows, interval), cancellationToken);
            if (refused is null)
            {
                rows += writer.Rows;
                writer.Clear();
            }
            else
            {
                refusal = $"{writer.Rows} rows of {writer.Table} were not taken: {refused}";
                writer.Discard();
            }
        }

        return (rows, refusal);
    }

    /// <summary>Makes ready for a new reading, with the clock's present time.</summary>
    internal void Reset()
    {
        _refused.Clear();
        _writers.ForEach(writer => writer.Discard());
    }
}
