using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Sources.Gaps;

/// <summary>
/// The gap ledger of one source, with its memory and its rows of <c>data_gaps</c>. What a reading told is remembered once its rows
/// are in the spool; until then it is told again.
/// </summary>
internal sealed class GapWatch
{
    private readonly SourceContext _context;
    private readonly GapLedger _ledger;
    private readonly GapMemory _memory;
    private readonly Table _table;

    /// <exception cref="SourceSetupException">The schema file is missing, or defines other keys.</exception>
    public GapWatch(SourceContext context, GapOptions options)
    {
        _context = context;
        _table = context.Table("data_gaps", "gap_id", "exchange", "symbol", "data_type", "host", "env");
        _ledger = new GapLedger(options, context.Name);
        _memory = new GapMemory(context.State);
        _memory.Restore(_ledger, Moment.Now(context.Clock));
    }

    /// <summary>The series that are watched.</summary>
    public IReadOnlyCollection<WatchedSeries> Series => _ledger.Series;

    public bool IsWatched(DataSeries series) => _ledger.Find(series) is not null;

    /// <summary>How long the open gap of a series is; null where there is none.</summary>
    public TimeSpan? OpenGap(DataSeries series, Moment now) => _ledger.Find(series) is { IsOpen: true } silent ? now - silent.Last : null;

    /// <inheritdoc cref="GapLedger.See"/>
    public bool See(DataSeries series, Sighting sighting, Moment now) => _ledger.See(series, sighting, now);

    /// <summary>Ends a look: judges all series and writes the rows that are due.</summary>
    /// <param name="sawAll">Whether the look saw all that there is.</param>
    /// <param name="forget">Lets go of what else is remembered of a series.</param>
    public void Judge(Reading reading, Moment now, bool sawAll, Action<DataSeries> forget)
    {
        _ledger.Judge(now, sawAll);
        IReadOnlyList<GapReport> reports = _ledger.Reports(now);
        foreach (GapReport report in reports)
        {
            Write(reading, report, now);
        }

        reading.WhenKept(() =>
        {
            _ledger.Told(now);
            Remember(reports);
            foreach (DataSeries series in _memory.Keep(_ledger, now))
            {
                forget(series);
            }
        });
    }

    private void Write(Reading reading, GapReport report, Moment now)
    {
        LineWriter row = reading.Begin(_table, Keys(report));
        row.Set(_table["state"], report.State);
        row.Set(_table["opened_at"], report.OpenedAt);
        row.Set(_table["closed_at"], report.ClosedAt);
        row.Set(_table["duration_seconds"], report.Duration.TotalSeconds);
        row.Set(_table["expected_interval_seconds"], report.Expected.TotalSeconds);
        row.Set(_table["missing_records"], report.Missing);
        reading.End(row, now.Wall);
    }

    /// <summary>Open gaps are remembered as series are, so that one whose source is no longer configured is retired at the next start.</summary>
    private void Remember(IReadOnlyList<GapReport> told)
    {
        foreach (GapReport report in told)
        {
            string key = new SeriesKeys(_table, Keys(report)).MemoryKey;
            if (report.State == "open")
            {
                _context.State.Set(key, "");
            }
            else
            {
                _context.State.Forget(key);
            }
        }
    }

    private string[] Keys(GapReport report) =>
        [report.Id, report.Series.Exchange, report.Series.Symbol, report.Series.DataType, _context.Host, _context.Env];

    /// <summary>Whether a row of a gap names this source's machine and environment, as <see cref="ISource.Names"/> wants to know.</summary>
    public bool Names(Table table, IReadOnlyList<string> keys) => table != _table || (keys[^2] == _context.Host && keys[^1] == _context.Env);
}
