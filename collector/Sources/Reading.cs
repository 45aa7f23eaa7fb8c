using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Sources;

/// <summary>The rows of one reading, table by table, on their way to the sink. Used by one source at a time, again and again.</summary>
/// <param name="source">Who takes the readings: <c>daemon/oi-fetcher</c>.</param>
public sealed class Reading(string source, TimeProvider clock, CounterBaselines baselines)
{
    /// <summary>Rows that go to the spool in one piece, which is also what they are sent in: a page of metrics may have very many.</summary>
    private const int MaxRows = 1_000;

    private readonly List<LineWriter> _writers = [];
    private readonly List<RefusedRow> _refused = [];
    private readonly long[] _leftOut = new long[Enum.GetValues<LeftOut>().Length];
    private readonly HashSet<SeriesKeys> _series = [];
    private readonly List<Action> _whenKept = [];
    private SeriesKeys? _open;

    /// <summary>Begins a row; see <see cref="LineWriter.Begin"/>. <see cref="End(LineWriter, DateTimeOffset)"/> finishes it.</summary>
    public LineWriter Begin(Table table, params ReadOnlySpan<string?> keys)
    {
        LineWriter? writer = WriterOf(table);
        if (writer is null)
        {
            _writers.Add(writer = new LineWriter(table, clock, baselines));
        }
        else if (writer.Rows == 0)
        {
            writer.Discard(); // the answer may have taken its time: the row is dated from now on
        }

        writer.Begin(keys);
        _open = table.State is null || table.HoldsEvents ? null : new SeriesKeys(table, keys); // an event is over by itself
        return writer;
    }

    /// <summary>Ends a row with its time: the instant at which the answer was read.</summary>
    public void End(LineWriter row, DateTimeOffset time) => End(row, TimeWindow.Micros(time));

    /// <summary>Ends a row with a time of its own, in microseconds since 1970 UTC.</summary>
    public void End(LineWriter row, long micros)
    {
        if (row.End(micros) is { } fault)
        {
            _refused.Add(new RefusedRow(row.Table, source, fault, row.Refused.ToArray()));
        }
        else if (_open is { } series)
        {
            _series.Add(series);
        }
    }

    /// <summary>Counts a sample that is no part of the reading, which is taken nonetheless.</summary>
    /// <param name="series">The sample's series, where somebody should look at it; null for what is normal.</param>
    public void LeaveOut(LeftOut reason, object? series = null)
    {
        _leftOut[(int)reason]++;
        if (series is not null && LeftOutExample is null)
        {
            LeftOutExample = $"{reason.ToString().ToLowerInvariant()}: {series}";
        }
    }

    /// <summary>
    /// Has something done once all rows of this reading are in the spool, such as to remember what they told. Where rows were
    /// refused it is not done, and the next reading can tell it again.
    /// </summary>
    public void WhenKept(Action action) => _whenKept.Add(action);

    /// <summary>Samples left out, by <see cref="LeftOut"/>.</summary>
    internal ReadOnlySpan<long> LeftOutCounts => _leftOut;

    /// <summary>Reason and series of the first sample left out that somebody should look at; null where there is none.</summary>
    internal string? LeftOutExample { get; private set; }

    /// <summary>Series of tables with a state that have a row in the reading.</summary>
    internal IReadOnlyCollection<SeriesKeys> Series => _series;

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
            string? refused = await sink.AcceptAsync(
                new LineRows(writer.Table, writer.Written, writer.Rows, interval) { Written = writer.WhenWritten }, cancellationToken);
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

        if (refusal is null)
        {
            _whenKept.ForEach(action => action());
        }

        _whenKept.Clear();
        return (rows, refusal);
    }

    /// <summary>Makes ready for a new reading, with the clock's present time.</summary>
    internal void Reset()
    {
        _refused.Clear();
        _series.Clear();
        _whenKept.Clear();
        Array.Clear(_leftOut);
        LeftOutExample = null;
        _writers.ForEach(writer => writer.Discard());
    }

    /// <summary>The table's writer that still takes rows; null where there is none.</summary>
    private LineWriter? WriterOf(Table table)
    {
        foreach (LineWriter writer in _writers)
        {
            if (writer.Table == table && writer.Rows < MaxRows)
            {
                return writer;
            }
        }

        return null;
    }
}
