using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Sources;

/// <summary>The newest row of a series that was pushed since the last look.</summary>
/// <param name="Age">What its time lay behind the clock when it came.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PushedRow(SeriesKeys Series, string? State, TimeSpan Age);

/// <summary>Tells sources which series clients push to the gateway. Costs a look where nobody asks for the table. Thread-safe.</summary>
public sealed class PushedSeries : IRowObserver
{
    private readonly ConcurrentDictionary<string, Subscribers> _byTable = new(StringComparer.Ordinal);

    /// <summary>Takes note of pushed rows.</summary>
    public IRowBatch? Begin(in LineRows rows) =>
        rows.Interval == TimeSpan.Zero && _byTable.TryGetValue(rows.Table.Name, out Subscribers? subscribers) && subscribers.Count > 0 ? subscribers : null;

    /// <summary>Begins to listen, until it is disposed.</summary>
    public Subscription Subscribe(Table table, TimeProvider clock)
    {
        Subscribers subscribers = _byTable.GetOrAdd(table.Name, static _ => new Subscribers());
        var subscription = new Subscription(subscribers, clock);
        subscribers.Add(subscription);
        return subscription;
    }

    /// <summary>The newest row of each series since the last look. The gateway bounds how many series there are (max_series).</summary>
    public sealed class Subscription : IDisposable
    {
        private readonly Subscribers _owner;
        private readonly TimeProvider _clock;
        private readonly Lock _gate = new();
        private Dictionary<SeriesKeys, (long Micros, PushedRow Row)> _rows = [];

        internal Subscription(Subscribers owner, TimeProvider clock) => (_owner, _clock) = (owner, clock);

        public IEnumerable<PushedRow> Take()
        {
            lock (_gate)
            {
                Dictionary<SeriesKeys, (long Micros, PushedRow Row)> taken = _rows;
                _rows = [];
                return taken.Values.Select(value => value.Row);
            }
        }

        public void Dispose() => _owner.Remove(this);

        internal void Observe(LineReader row)
        {
            var series = new SeriesKeys(row.Table, [.. row.Table.Keys.Select(key => row.Has(key) ? row.Text(key) : "")]);
            lock (_gate)
            {
                if (!_rows.TryGetValue(series, out (long Micros, PushedRow Row) known) || known.Micros <= row.Micros)
                {
                    string? state = row.Table.State is { } column && row.Has(column) ? row.Text(column) : null;
                    long age = TimeWindow.Micros(_clock.GetUtcNow()) - row.Micros;
                    _rows[series] = (row.Micros, new PushedRow(series, state, TimeSpan.FromMicroseconds(age)));
                }
            }
        }
    }

    /// <summary>Those who listen to one table.</summary>
    internal sealed class Subscribers : IRowBatch
    {
        private ImmutableArray<Subscription> _all = [];

        public int Count => _all.Length;

        public void Add(Subscription subscription) => ImmutableInterlocked.Update(ref _all, static (all, one) => all.Add(one), subscription);

        public void Remove(Subscription subscription) => ImmutableInterlocked.Update(ref _all, static (all, one) => all.Remove(one), subscription);

        public void Observe(LineReader row)
        {
            foreach (Subscription subscription in _all)
            {
                subscription.Observe(row);
            }
        }

        public void End()
        {
            // Each row was noted as it came.
        }
    }
}
