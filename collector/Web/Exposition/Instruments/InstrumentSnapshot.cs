using System.Diagnostics.Metrics;
using Collector.Settings.Logging;
using Microsoft.Extensions.Logging;

namespace Collector.Web.Exposition.Instruments;

/// <summary>
/// The collector's own metrics: listens to every instrument of the meters of one name, and holds what they measured.
/// Recording under a known tag set allocates nothing and takes no lock but a histogram's own.
/// </summary>
public sealed partial class InstrumentSnapshot : IFamilies, IDisposable
{
    private readonly Lock _gate = new();
    private readonly MeterListener _listener = new();
    private readonly ExpositionOptions _options;
    private readonly RepeatedLog _failures;
    private readonly ILogger _log;
    private readonly string _meterName;
    private InstrumentFamily[] _families = [];
    private int _version;
    private long _callbackFailures;

    /// <param name="meterName">The meters listened to.</param>
    /// <param name="scope">Where given, only meters of this <see cref="Meter.Scope"/>: two hosts in one process stay apart.</param>
    public InstrumentSnapshot(string meterName, ExpositionOptions options, TimeProvider clock, ILogger log, object? scope = null)
    {
        (_meterName, _options, _log, _failures) = (meterName, options, log, new RepeatedLog(clock));
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == meterName && (scope is null || ReferenceEquals(instrument.Meter.Scope, scope)) && InstrumentKinds.Of(instrument) is { } kind)
            {
                listener.EnableMeasurementEvents(instrument, Publish(instrument, kind));
            }
        };
        _listener.MeasurementsCompleted = (_, state) => Complete((InstrumentFamily)state!);
        _listener.SetMeasurementEventCallback<long>(static (i, value, tags, state) => ((InstrumentFamily)state!).Record(i, value, tags));
        _listener.SetMeasurementEventCallback<int>(static (i, value, tags, state) => ((InstrumentFamily)state!).Record(i, (long)value, tags));
        _listener.SetMeasurementEventCallback<short>(static (i, value, tags, state) => ((InstrumentFamily)state!).Record(i, (long)value, tags));
        _listener.SetMeasurementEventCallback<byte>(static (i, value, tags, state) => ((InstrumentFamily)state!).Record(i, (long)value, tags));
        _listener.SetMeasurementEventCallback<double>(static (i, value, tags, state) => ((InstrumentFamily)state!).Record(i, value, tags));
        _listener.SetMeasurementEventCallback<float>(static (i, value, tags, state) => ((InstrumentFamily)state!).Record(i, (double)value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (i, value, tags, state) => ((InstrumentFamily)state!).Record(i, (double)value, tags));
        _listener.Start();
    }

    /// <summary>A meter that is listened to from its first measurement on.</summary>
    public Meter CreateMeter() => new(_meterName);

    public int Version => Volatile.Read(ref _version);

    public IReadOnlyList<Family> Families => Volatile.Read(ref _families);

    /// <summary>Every family with what it had to leave out.</summary>
    public IReadOnlyList<InstrumentFamily> Instruments => Volatile.Read(ref _families);

    /// <summary>Observable instruments that threw when asked, since the start.</summary>
    public long CallbackFailures => Interlocked.Read(ref _callbackFailures);

    /// <summary>Asks the observable instruments. One that throws shows nothing; the others are not affected.</summary>
    public void Collect()
    {
        InstrumentFamily[] families = Volatile.Read(ref _families);
        foreach (InstrumentFamily family in families)
        {
            family.BeginCollection();
        }

        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException exception)
        {
            Interlocked.Add(ref _callbackFailures, exception.InnerExceptions.Count);
            if (_failures.IsDue())
            {
                LogCallbackFailed(exception.InnerExceptions.Count, exception.InnerExceptions[0]);
            }
        }

        foreach (InstrumentFamily family in families)
        {
            family.EndCollection();
        }
    }

    public void Dispose() => _listener.Dispose();

    private InstrumentFamily Publish(Instrument instrument, InstrumentKind kind)
    {
        lock (_gate)
        {
            InstrumentFamily? family = Array.Find(_families, family => family.IsFedBy(instrument, kind));
            if (family is null)
            {
                family = new InstrumentFamily(instrument, kind, _options.TagSetsPerInstrument);
                Set([.. _families.Append(family).OrderBy(other => other.Name, StringComparer.Ordinal)]);
            }

            family.Instruments++;
            return family;
        }
    }

    private void Complete(InstrumentFamily family)
    {
        lock (_gate)
        {
            if (--family.Instruments == 0)
            {
                Set([.. _families.Where(other => other != family)]);
            }
        }
    }

    private void Set(InstrumentFamily[] families)
    {
        Volatile.Write(ref _families, families);
        Interlocked.Increment(ref _version);
    }

    [LoggerMessage(6001, LogLevel.Error, "{Count} of the collector's own instruments failed when asked for their values, and are not shown at /metrics; please report it")]
    private partial void LogCallbackFailed(int count, Exception exception);
}
