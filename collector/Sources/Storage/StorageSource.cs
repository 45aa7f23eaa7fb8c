using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Sources.Gaps;

namespace Collector.Sources.Storage;

/// <summary>
/// Walks a catalog of data files and writes a row of <c>storage_usage</c> for each series, and the gaps it finds: a newer file, or more
/// bytes, are records that came.
/// </summary>
internal sealed class StorageSource : ISource
{
    private readonly StorageOptions _options;
    private readonly SourceContext _context;
    private readonly string _dataset;
    private readonly CatalogPattern _pattern;
    private readonly GapWatch _gaps;
    private readonly StorageHistory _history;
    private readonly Table _table;

    public StorageSource(StorageOptions options, SourceContext context)
    {
        _options = options;
        _context = context;
        _dataset = options.Dataset ?? context.Name[(context.Name.IndexOf('/') + 1)..];
        _pattern = new CatalogPattern(options.Pattern);
        _gaps = new GapWatch(context, options.Gaps);
        _history = new StorageHistory(context.State);
        _table = context.Table("storage_usage", "dataset", "exchange", "symbol", "data_type", "host", "env");
    }

    public bool Names(Table table, IReadOnlyList<string> keys) => _gaps.Names(table, keys);

    public Task ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var walk = new CatalogWalk(_pattern, _options.MaxFiles, cancellationToken);
        try
        {
            walk.Run(_options.Path);
        }
        catch (Exception exception) when (exception is SourceException or OperationCanceledException)
        {
            _gaps.Judge(reading, Moment.Now(_context.Clock), sawAll: false, _history.Forget);
            throw;
        }

        for (int i = 0; i < walk.Unreadable; i++)
        {
            reading.LeaveOut(LeftOut.Unreadable, walk.FirstUnreadable);
        }

        bool areAllWatched = Write(reading, walk);
        return walk.Problem is { } problem ? throw new SourceException(SourceError.Unreachable, problem)
            : walk is { Series.Count: 0, Strangers: > 0 } ? throw new SourceException(
                SourceError.Format, $"{_options.Path} holds {walk.Strangers} files and folders that do not fit, and none that fits {_options.Pattern} (pattern)")
            : !areAllWatched ? throw new SourceException(SourceError.Format, $"{_options.Path} holds more than {GapLedger.Most} series; the gaps of the others are not watched")
            : Task.CompletedTask;
    }

    private bool Write(Reading reading, CatalogWalk walk)
    {
        var now = Moment.Now(_context.Clock);
        bool areAllWatched = true;
        foreach ((DataSeries series, SeriesFiles files) in walk.Series)
        {
            if (!_gaps.See(series, _history.See(series, files), now))
            {
                _history.Forget(series);
                areAllWatched = false;
            }

            LineWriter row = reading.Begin(_table, _dataset, series.Exchange, series.Symbol, series.DataType, _context.Host, _context.Env);
            row.Set(_table["bytes"], files.Bytes);
            row.Set(_table["files"], files.Files);
            row.Set(_table["newest_at"], files.NewestAt);
            row.Set(_table["oldest_at"], files.OldestAt);
            reading.End(row, now.Wall);
        }

        _gaps.Judge(reading, now, walk.Problem is null, _history.Forget);
        reading.WhenKept(() => _history.Keep(_gaps.IsWatched));
        return areAllWatched;
    }
}
