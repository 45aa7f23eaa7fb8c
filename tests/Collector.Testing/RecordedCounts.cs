using System.Diagnostics.Metrics;

namespace Collector.Testing;

/// <summary>The sums of a meter's counters, by name and, where there is one, reason: <c>source_errors_total:timeout</c>.</summary>
internal sealed class RecordedCounts : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    public RecordedCounts(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            string name = instrument.Name;
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                name += tag.Key == "reason" ? $":{tag.Value}" : "";
            }

            lock (_counts)
            {
                _counts[name] = _counts.GetValueOrDefault(name) + value;
            }
        });
        _listener.Start();
    }

    /// <summary>0 where nothing was counted.</summary>
    public long this[string name]
    {
        get
        {
            lock (_counts)
            {
                return _counts.GetValueOrDefault(name);
            }
        }
    }

    /// <summary>Asks the instruments that have to be asked, once.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();
}
