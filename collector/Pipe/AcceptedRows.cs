using System.Collections.Concurrent;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Pipe;

/// <summary>Shows accepted rows to all who listen. A row is parsed once, and not at all where nobody wants its table. Thread-safe.</summary>
public sealed class AcceptedRows(params IRowObserver[] observers)
{
    private readonly ConcurrentDictionary<string, TableRows> _tables = new(StringComparer.Ordinal);

    /// <summary>Shows rows that are on disk.</summary>
    public void Observe(in LineRows rows) => _tables.GetOrAdd(rows.Table.Name, static (_, all) => new TableRows(all), observers).Observe(rows);

    /// <summary>One table's rows, batch after batch.</summary>
    private sealed class TableRows(IRowObserver[] observers)
    {
        private readonly Lock _gate = new();
        private readonly List<IRowBatch> _batches = [];
        private LineReader? _reader;

        public void Observe(in LineRows rows)
        {
            lock (_gate)
            {
                // Whoever read the table before it grew hands in rows of fewer columns, which the wider one has too.
                Table table = _reader is { } known && known.Table.Columns.Length > rows.Table.Columns.Length ? known.Table : rows.Table;
                try
                {
                    foreach (IRowObserver observer in observers)
                    {
                        if (observer.Begin(rows with { Table = table }) is { } batch)
                        {
                            _batches.Add(batch);
                        }
                    }

                    if (_batches.Count > 0)
                    {
                        Read(table, rows.Bytes);
                    }
                }
                finally
                {
                    _batches.ForEach(static batch => batch.End());
                    _batches.Clear();
                }
            }
        }

        private void Read(Table table, ReadOnlyMemory<byte> bytes)
        {
            LineReader row = _reader?.Table == table ? _reader : _reader = new LineReader(table);
            row.Start(bytes, TimeWindow.Any);
            for (LineStatus status = row.Read(); status != LineStatus.End; status = row.Read())
            {
                if (status == LineStatus.Row)
                {
                    foreach (IRowBatch batch in _batches)
                    {
                        batch.Observe(row);
                    }
                }
            }
        }
    }
}
