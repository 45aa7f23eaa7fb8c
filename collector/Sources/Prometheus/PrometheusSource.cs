using System.Globalization;
using System.Net.Http.Headers;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Sources.Http;

namespace Collector.Sources.Prometheus;

/// <summary>
/// Scrapes a page of metrics: a row of <c>scraped_metrics</c> for each sample, and rows of typed tables by their maps. A page
/// is taken as a whole or not at all: of one that breaks off nobody knows what is missing.
/// </summary>
internal sealed class PrometheusSource : ISource, IDisposable
{
    private readonly PrometheusOptions _options;
    private readonly SourceContext _context;
    private readonly string _job;
    private readonly string _instance;
    private readonly SourceHttpClient _client;
    private readonly TableMap[] _maps;
    private readonly SeriesCache _cache;
    private readonly Table? _table;
    private readonly Column? _value;
    private readonly List<Sample> _samples = [];
    private readonly List<MappedRow> _touched = [];
    private long _read;

    /// <exception cref="SourceSetupException">A table is missing, or an entry of <c>tables</c> does not fit its table.</exception>
    public PrometheusSource(PrometheusOptions options, SourceContext context)
    {
        (_options, _context) = (options, context);
        _job = options.Job ?? context.Name[(context.Name.IndexOf('/') + 1)..];
        _instance = options.Instance ?? $"{options.Url.Host}:{options.Url.Port}";
        var faults = new List<SetupFault>();
        _maps = [.. options.Tables.Select((map, i) => TableMapReader.Read(map, $"tables[{i}]", context, faults)).OfType<TableMap>()];
        if (faults.Count > 0)
        {
            throw new SourceSetupException(context.Name, faults);
        }

        if (options.Raw != RawSamples.None)
        {
            _table = context.Table("scraped_metrics", "job", "instance", "name", "labels");
            _value = _table["value"];
        }

        _cache = new SeriesCache(options, _maps);
        _client = new SourceHttpClient(options.Url, options.MaxBytes.Bytes, Prepare);
    }

    public void Dispose() => _client.Dispose();

    public bool Names(Table table, IReadOnlyList<string> keys) => Array.Exists(_maps, map => map.Table == table && map.Names(keys));

    public async Task ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        HttpAnswer page = await _client.GetAsync(cancellationToken);
        DateTimeOffset now = _context.Clock.GetUtcNow();
        ExpositionFormat format = ExpositionFormats.Of(page.ContentType, _options.Fallback)
            ?? throw new SourceException(SourceError.Format, $"{_client.Shown} answers with the content type {Type(page)}, which is no format of metrics (fallback)");
        if (Collect(page.Body.Span, format) is { } problem)
        {
            throw new SourceException(SourceError.Format, $"{_client.Shown} answers with a page of {Type(page)} that cannot be read: {problem}");
        }

        Write(reading, now);
        _cache.Sweep(_read, _samples.Count);
    }

    private void Prepare(HttpRequestHeaders headers)
    {
        headers.Add("Accept", ExpositionFormats.Accept);
        headers.Add("X-Prometheus-Scrape-Timeout-Seconds", _options.Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        headers.Authorization = _options.Authorization;
    }

    /// <summary>Reads the page's samples into <see cref="_samples"/>.</summary>
    /// <returns>Null; or why the page cannot be read.</returns>
    private string? Collect(ReadOnlySpan<byte> page, ExpositionFormat format)
    {
        _samples.Clear();
        if (_cache.Count > 2 * _options.MaxSamples)
        {
            _cache.Clear();
        }

        var reader = new SampleReader(page, format);
        while (reader.Read())
        {
            if (_samples.Count == _options.MaxSamples)
            {
                return $"it has more than {_options.MaxSamples} samples (max_samples)";
            }

            if (_cache.Find(reader.Series, out string? problem) is not { } series)
            {
                return $"line {reader.Line}: {problem}";
            }

            _samples.Add(new Sample(series, reader.Value, reader.Micros));
        }

        return reader.Fault;
    }

    private void Write(Reading reading, DateTimeOffset now)
    {
        _read++;
        _touched.Clear();
        long micros = TimeWindow.Micros(now);
        TimeWindow window = _table is null ? TimeWindow.Any : TimeWindow.At(now, _table);
        foreach (Sample sample in _samples)
        {
            Series series = sample.Series;
            bool isSecond = series.LastRead == _read;
            series.LastRead = _read;
            if (series.IsDropped)
            {
                continue;
            }

            if (isSecond)
            {
                reading.LeaveOut(LeftOut.Duplicate, series);
            }
            else if (!double.IsFinite(sample.Value))
            {
                reading.LeaveOut(double.IsNaN(sample.Value) ? LeftOut.Nan : LeftOut.Infinite);
            }
            else
            {
                WriteRaw(reading, sample, _options.HonorTimestamps && sample.Micros != SampleReader.NoTime ? sample.Micros : micros, window);
                foreach (Cell cell in series.Cells)
                {
                    cell.Row.Map.Put(cell, sample.Value, _read, series, reading, _touched);
                }
            }
        }

        foreach (MappedRow row in _touched)
        {
            row.Map.Write(row, reading, now);
        }
    }

    private void WriteRaw(Reading reading, in Sample sample, long micros, in TimeWindow window)
    {
        Series series = sample.Series;
        if (!series.IsRaw)
        {
            return;
        }

        if ((series.Refusal ?? (window.Contains(micros) ? null : LeftOut.Timestamp)) is { } reason)
        {
            reading.LeaveOut(reason, series);
            return;
        }

        LineWriter row = reading.Begin(_table!, _job, _instance, series.Name, series.Labels);
        row.Set(_value!, sample.Value);
        reading.End(row, micros);
    }

    private static string Type(in HttpAnswer page) => page.ContentType?.MediaType ?? "no content type";
}
