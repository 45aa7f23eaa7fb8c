using Collector.Sources.Gaps;

namespace Collector.Tests.Sources.Gaps;

/// <summary>
/// A ledger at seconds of a test's own, with its memory: it can be stopped and begun anew, on another steady clock, as the collector
/// is. Holds the rows that were told.
/// </summary>
internal sealed class LedgerRoom
{
    public static readonly DateTimeOffset Began = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly GapOptions _options;
    private readonly MemoryState _state = new();
    private readonly GapMemory _memory;
    private GapLedger _ledger;
    private double _origin = 1_000;

    public LedgerRoom(GapOptions? options = null)
    {
        _options = options ?? new GapOptions { Expected = new Dictionary<string, TimeSpan> { ["x"] = TimeSpan.FromSeconds(100) } };
        _memory = new GapMemory(_state);
        _ledger = new GapLedger(_options, "test/a");
    }

    public static DataSeries X { get; } = new("binance", "BTC", "x");

    /// <summary>Rows told so far, with the second at which each was.</summary>
    public List<(double At, GapReport Report)> Told { get; } = [];

    public static DateTimeOffset Wall(double second) => Began.AddSeconds(second);

    public static double Second(DateTimeOffset wall) => (wall - Began).TotalSeconds;

    public bool IsOpen(DataSeries series) => _ledger.Find(series) is { IsOpen: true };

    public int Watched => _ledger.Series.Count;

    public IReadOnlyCollection<string> Kept => _state.Kept;

    public bool See(double second, DataSeries series, long? records, double? lastAt = null, double wallAhead = 0) =>
        _ledger.See(series, new Sighting(records, lastAt is { } at ? Wall(at) : null), At(second, wallAhead));

    /// <param name="wallAhead">How far somebody has set the clock on the wall.</param>
    /// <param name="isKept">Whether the rows are taken.</param>
    public void Judge(double second, bool sawAll = true, double wallAhead = 0, bool isKept = true)
    {
        Moment now = At(second, wallAhead);
        _ledger.Judge(now, sawAll);
        if (isKept)
        {
            Told.AddRange(_ledger.Reports(now).Select(report => (second, report)));
            _ledger.Told(now);
            _memory.Keep(_ledger, now);
        }
    }

    /// <summary>A look at one series that sees so many records, 0 for none.</summary>
    public void Look(double second, long? records, double? lastAt = null)
    {
        See(second, X, records, lastAt);
        Judge(second);
    }

    /// <summary>Stops the collector and starts it again, at a second by the clock on the wall.</summary>
    public void Restart(double second)
    {
        _origin += 5_000;
        _ledger = new GapLedger(_options, "test/a");
        _memory.Restore(_ledger, At(second));
    }

    /// <summary>Each gap as its last row has it.</summary>
    public IReadOnlyList<GapReport> Gaps() => [.. Told.GroupBy(told => told.Report.Id).Select(gap => gap.Last().Report)];

    private Moment At(double second, double wallAhead = 0) => new(Wall(second + wallAhead), TimeSpan.FromSeconds(_origin + second));
}
