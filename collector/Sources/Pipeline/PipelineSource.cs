using System.Text.Json;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Sources.Gaps;
using Collector.Sources.Http;

namespace Collector.Sources.Pipeline;

/// <summary>
/// Polls a daemon's status page for what its pipeline has fetched, and writes a row of <c>pipeline_metrics</c> for each series and
/// the gaps it finds. A page that cannot be read tells no numbers; the series are silent all the same.
/// </summary>
internal sealed class PipelineSource : ISource, IDisposable
{
    private readonly PipelineOptions _options;
    private readonly SourceContext _context;
    private readonly JsonClient _client;
    private readonly GapWatch _gaps;
    private readonly PipelineTotals _totals;
    private readonly Table _table;

    public PipelineSource(PipelineOptions options, SourceContext context)
    {
        _options = options;
        _context = context;
        _client = new JsonClient(options.Url, options.MaxBytes.Bytes, options);
        _gaps = new GapWatch(context, options.Gaps);
        _totals = new PipelineTotals(context.State);
        _table = context.Table("pipeline_metrics", "exchange", "symbol", "data_type", "host", "env");
    }

    public void Dispose() => _client.Dispose();

    public bool Names(Table table, IReadOnlyList<string> keys) => _gaps.Names(table, keys);

    public async Task ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        PipelineAnswer page;
        try
        {
            page = await FetchAsync(reading, cancellationToken);
        }
        catch (Exception exception) when (exception is SourceException or OperationCanceledException)
        {
            Write(reading, null);
            throw;
        }

        Write(reading, page);
        if (page.Problem is { } problem)
        {
            throw new SourceException(SourceError.Format, $"{_client.Shown}: {problem}");
        }
    }

    private async Task<PipelineAnswer> FetchAsync(Reading reading, CancellationToken cancellationToken)
    {
        using JsonDocument answer = await _client.GetAsync(cancellationToken);
        return JsonPointer.Find(answer.RootElement, _options.Pointer) is { ValueKind: JsonValueKind.Object } pipeline
            ? new PipelineAnswer(pipeline, reading)
            : throw new SourceException(SourceError.Format, $"{_client.Shown} answers without an object at {(_options.Pointer.Length == 0 ? "its top" : _options.Pointer)} (pointer)");
    }

    /// <param name="page">Null where it could not be read.</param>
    private void Write(Reading reading, PipelineAnswer? page)
    {
        var now = Moment.Now(_context.Clock);
        var rows = new Dictionary<DataSeries, (PipelineNumbers Numbers, long? Records, long? Bytes)>();
        foreach (PipelineNumbers numbers in page?.Numbers ?? [])
        {
            if (!numbers.ShowRecords)
            {
                rows[numbers.Series] = (numbers, null, null);
                continue;
            }

            (Sighting sighting, long? records, long? bytes) = _totals.See(numbers);
            rows[numbers.Series] = (numbers, records, bytes);
            if (!_gaps.See(numbers.Series, sighting, now))
            {
                _totals.Forget(numbers.Series);
                page!.Note($"{GapLedger.Most} series are watched, and {numbers.Series} is one more");
            }
        }

        _gaps.Judge(reading, now, page is { Problem: null }, _totals.Forget);
        foreach (DataSeries series in rows.Keys.Union(_gaps.Series.Select(watched => watched.Name)))
        {
            LineWriter row = reading.Begin(_table, series.Exchange, series.Symbol, series.DataType, _context.Host, _context.Env);
            if (rows.TryGetValue(series, out (PipelineNumbers Numbers, long? Records, long? Bytes) told))
            {
                row.Set(_table["records_count"], told.Records);
                row.Set(_table["bytes_written"], told.Bytes);
                row.Set(_table["latency_ms"], told.Numbers.LatencyMs);
            }

            TimeSpan? gap = _gaps.OpenGap(series, now);
            row.Set(_table["gap_duration_seconds"], gap?.TotalSeconds);
            row.Set(_table["gap_detected"], gap is not null);
            reading.End(row, now.Wall);
        }

        reading.WhenKept(() => _totals.Keep(_gaps.IsWatched));
    }
}
