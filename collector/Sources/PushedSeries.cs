using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Collector.Lines;
using Collector.Tables;

namespace Collector.Sources;

/// <summary>The newest row of a series that was pushed since the last look.</summary>
/// <param name="Age">What its time lay behind the clock when it came.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PushedRow(SeriesKeys Series, string? State, TimeSpan Age);

/// <summary>
/// Tells sources which series clients push to the gateway. Costs a look where nobody asks for the table, and a parse of each
/// row where somebody does. Thread-safe.
/// </summary>
internal sealed class PushedSeries
{
    private readonly ConcurrentDictionary<string, ImmutableArray<Subscription>> _byTable = new(StringComparer.Ordinal);

    /// <summary>Takes note of pushed rows of one table, which are on disk.</summary>
    public void Observe(Table table, ReadOnlyMemory<byte> lines)
    {
        if (_byTable.TryGetValue(table.Name, out ImmutableArray<Subscription> subscriptions))
        {
            foreach (Subscription subscription in subscriptions)
            {
                subscription.Observe(table, lines);
            }
        }
    }

    /// <summary>Begins to listen, until it is disposed.</summary>
    public Subscription Subscribe(Table table, TimeProvider clock)
    {
        var subscription = new Subscription(this, table.Name, clock);
        _byTable.AddOrUpdate(table.Name, _ => [subscription], (_, others) => others.Add(subscription));
        return subscription;
    }

    /// <summary>The newest row of each series since the last look. The gateway bounds how many series there are (max_series).</summary>
    internal sealed class Subscription(PushedSeries owner, string table, TimeProvider clock) : IDisposable
    {
        private readonly Lock _gate = new();
        private LineReader? _reader;
        private Dictionary<SeriesKeys, (long Micros, PushedRow Row)> _rows = [];

        public IEnumerable<PushedRow> Take()
        {
            lock (_gate)
            {
                Dictionary<SeriesKeys, (long Micros, PushedRow Row)> taken = _rows;
                _rows = [];
                return taken.Values.Select(value => value.Row);
            }
        }

        public void Dispose() => owner._byTable.AddOrUpdate(table, _ => [], (_, all) => all.Remove(this));

        /// <param name="rowsOf">The table as it is now: the gateway may have given it columns.</param>
        internal void Observe(Table rowsOf, ReadOnlyMemory<byte> lines)
        {
            lock (_gate)
            {
                long now = TimeWindow.Micros(clock.GetUtcNow());
                LineReader rows = _reader?.Table == rowsOf ? _reader : _reader = new LineReader(rowsOf);
                rows.Start(lines, TimeWindow.Any);
                for (LineStatus status = rows.Read(); status != LineStatus.End; status = rows.Read())
                {
                    if (status == LineStatus.Row)
                    {
                        Note(rows, now);
                    }
                }
            }
        }

        private void Note(LineReader row, long now)
        {
            var series = new SeriesKeys(row.Table, [.. row.Table.Keys.Select(key => row.Has(key) ? row.Text(key) : "")]);
            if (!_rows.TryGetValue(series, out (long Micros, PushedRow Row) known) || known.Micros <= row.Micros)
            {
                string? state = row.Table.State is { } column && row.Has(column) ? row.Text(column) : null;
                _rows[series] = (row.Micros, new PushedRow(series, state, TimeSpan.FromMicroseconds(now - row.Micros)));
            }
        }
    }
}
