using Collector.Lines.Tables;

namespace Collector.Lines;

/// <summary>
/// Gives pushed rows the increase of their counters, where the sender did not work it out. A sender may repeat rows and send
/// them late, which no source does, so that the time of each series' last row is kept beside its counters:
/// <list type="bullet">
/// <item>a later row: the increase since the last one, and none for the first;</item>
/// <item>the last row again: its increase as it was, and what its value has grown by;</item>
/// <item>an earlier row: 0, for what it counts is part of the last row's increase already.</item>
/// </list>
/// Sums over all rows are then right. Of a table without such counters nothing is touched. For one caller at a time:
/// <see cref="Keep()"/> or <see cref="Discard"/> follows each <see cref="Run"/>; Discard behind Keep changes nothing.
/// </summary>
public sealed class PushedCounters
{
    private readonly LineReader _rows;
    private readonly LineRewriter _written;
    private readonly Counter[] _counters;
    private readonly CounterSeries _times;
    private readonly CounterProgress _progress;
    private readonly Stack<(CounterBaseline Baseline, long? Before)> _moved = new();

    public PushedCounters(Table table, CounterBaselines baselines)
    {
        Table = table;
        _rows = new LineReader(table);
        _written = new LineRewriter(table);
        _counters = [.. table.Columns.Where(column => column.Delta is not null).Select(column =>
            new Counter(column, column.Delta!, baselines.For(table.Name, column.Name), baselines.For(table.Name, column.Delta!.Name)))];
        _times = baselines.For(table.Name, table.TimestampName);
        _progress = baselines.ProgressOf(table.Name);
    }

    public Table Table { get; }

    /// <summary>True for a table that has counters with a column for their increase.</summary>
    public static bool Concern(Table table) => Array.Exists(table.Columns, column => column.Delta is not null);

    /// <summary>The same rows with their increases.</summary>
    /// <param name="lines">Rows as <see cref="LineRewriter"/> writes them.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlyMemory<byte> Run(ReadOnlyMemory<byte> lines)
    {
        _written.Clear();
        _rows.Start(lines, TimeWindow.Any);
        while (_rows.Read() == LineStatus.Row)
        {
            Supply(SeriesOf(lines.Span, _rows));
            _written.Add(_rows);
        }

        return _written.Written;
    }

    /// <summary>The rows are on disk.</summary>
    /// <param name="record">As this record of their table's log.</param>
    public void Keep(ulong record)
    {
        Keep();
        _progress.Record = record; // comes last: it says that all before it are kept
    }

    /// <summary>The rows are kept, wherever.</summary>
    public void Keep()
    {
        foreach ((CounterBaseline baseline, _) in _moved)
        {
            baseline.Keep();
        }

        _moved.Clear();
    }

    /// <summary>The rows were kept nowhere: their counters go back.</summary>
    public void Discard()
    {
        while (_moved.TryPop(out (CounterBaseline Baseline, long? Before) moved))
        {
            moved.Baseline.Restore(moved.Before);
        }
    }

    private void Supply(ReadOnlySpan<byte> series)
    {
        CounterBaseline time = _times.Of(series);
        long? last = time.Value;
        foreach (Counter counter in _counters)
        {
            if (!_rows.Has(counter.Column))
            {
                continue;
            }

            CounterBaseline value = counter.Values.Of(series);
            if (_rows.Has(counter.Delta))
            {
                Move(value, _rows.Long(counter.Column), _rows.Micros >= (last ?? 0));
            }
            else if (Increase(counter, value, series, last) is { } increase)
            {
                _rows.Supply(counter.Delta, increase);
            }
        }

        Move(time, _rows.Micros, _rows.Micros > (last ?? -1));
    }

    private long? Increase(Counter counter, CounterBaseline value, ReadOnlySpan<byte> series, long? last)
    {
        if (_rows.Micros < last && value.Value is not null)
        {
            return 0;
        }

        long now = _rows.Long(counter.Column);
        CounterBaseline lastIncrease = counter.Increases.Of(series);
        long? increase = value.Value is { } before ? (now >= before ? now - before : now) : null;
        if (_rows.Micros == last)
        {
            increase = (increase, lastIncrease.Value) is ({ } more, { } had) ? more + had : increase;
        }

        Move(value, now, really: true);
        if (increase is { } known)
        {
            Move(lastIncrease, known, really: true);
        }

        return increase;
    }

    private void Move(CounterBaseline baseline, long value, bool really)
    {
        if (really)
        {
            _moved.Push((baseline, baseline.Value));
            baseline.Restore(value);
        }
    }

    /// <summary>Table and keys, with which a row of <see cref="LineRewriter"/> begins.</summary>
    private static ReadOnlySpan<byte> SeriesOf(ReadOnlySpan<byte> lines, LineReader row)
    {
        int start = row.Position - row.Row.Length;
        Column[] keys = row.Table.Keys;
        int end = keys.Length > 0 ? row.EndOf(keys[^1]) : start + LineReader.TableNameLength(lines[start..]);
        return lines[start..end];
    }

    /// <param name="Increases">The increase of each series' last row.</param>
    private sealed record Counter(Column Column, Column Delta, CounterSeries Values, CounterSeries Increases);
}
