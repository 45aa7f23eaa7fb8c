using System.Diagnostics.Metrics;
using System.Globalization;

namespace Collector.Capabilities.Gateway;

/// <summary>What <c>/metrics</c> says of the gateway.</summary>
public sealed class GatewayMetrics
{
    private static readonly string[] Limits = ["tables", "columns", "series"];

    private readonly Counter<long> _requests;
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _quarantined;
    private readonly Counter<long> _unkept;
    private readonly Counter<long> _resent;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _limited;
    private readonly Histogram<double> _duration;
    private int _inFlight;

    public GatewayMetrics(Meter meter)
    {
        _requests = meter.CreateCounter<long>("collector_gateway_requests_total", null, "Requests answered, by status code; 499 where the client left before the answer.");
        _accepted = meter.CreateCounter<long>("collector_gateway_lines_accepted_total", null, "Lines that are on disk, those that had been sent before included.");
        _quarantined = meter.CreateCounter<long>("collector_gateway_lines_quarantined_total", null, "Bad lines set aside with their reason.");
        _unkept = meter.CreateCounter<long>("collector_gateway_lines_dropped_total", null, "Bad lines for which quarantine had no room.");
        _resent = meter.CreateCounter<long>("collector_gateway_lines_resent_total", null, "Lines that a client sent again, and that were on disk already.");
        _bytes = meter.CreateCounter<long>("collector_gateway_received_bytes_total", "By", "Bytes of line protocol, decompressed.");
        _limited = meter.CreateCounter<long>("collector_gateway_limited_total", null, "Lines turned away by a limit of the gateway, by limit.");
        _duration = meter.CreateHistogram<double>("collector_gateway_request_duration_seconds", "s", "Time from a write request's head to its answer.");
        meter.CreateObservableGauge("collector_gateway_requests_in_flight", () => InFlight, null, "Requests under way.");
        foreach (string limit in Limits)
        {
            _limited.Add(0, new KeyValuePair<string, object?>("limit", limit));
        }

        foreach (Counter<long> counter in (Counter<long>[])[_accepted, _quarantined, _unkept, _resent, _bytes])
        {
            counter.Add(0);
        }
    }

    /// <summary>Publishes what others count.</summary>
    public static void Publish(Meter meter, Func<long> buffered, GatewayTables tables, TableIntakes doors, Func<int> unanswered)
    {
        meter.CreateObservableGauge("collector_gateway_buffered_bytes", buffered, "By", "Bytes held of requests under way.");
        meter.CreateObservableGauge("collector_gateway_tables", () => tables.Made, null, "Tables made or widened by lines, by this run and those before.");
        meter.CreateObservableGauge("collector_gateway_columns", () => tables.Columns, null, "Columns made by lines, by this run and those before.");
        meter.CreateObservableGauge("collector_gateway_series", () => doors.Series, null, "Different keys that lines brought today, of all tables.");
        meter.CreateObservableGauge("collector_gateway_requests_unanswered", unanswered, null, "Requests remembered whose client was gone before the answer, until they are sent again.");
    }

    /// <summary>Requests under way.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    public void Begin() => Interlocked.Increment(ref _inFlight);

    public void End(int code, bool isWrite, TimeSpan duration)
    {
        Interlocked.Decrement(ref _inFlight);
        _requests.Add(1, new KeyValuePair<string, object?>("code", code.ToString(CultureInfo.InvariantCulture)));
        if (isWrite)
        {
            _duration.Record(duration.TotalSeconds);
        }
    }

    public void Received(long bytes) => _bytes.Add(bytes);

    public void Accepted(int lines) => _accepted.Add(lines);

    public void Resent(int lines) => _resent.Add(lines);

    public void Quarantined(int kept, int lost)
    {
        _quarantined.Add(kept);
        _unkept.Add(lost);
    }

    public void Limited(string limit) => _limited.Add(1, new KeyValuePair<string, object?>("limit", limit));
}
