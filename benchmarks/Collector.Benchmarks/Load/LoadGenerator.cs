using System.Diagnostics;
using Collector.Benchmarks.Lines;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe;

namespace Collector.Benchmarks.Load;

/// <summary>Writes rows of <see cref="TradeRows"/> at a rate, each with the time of its writing, in records of what came due within 10 ms.</summary>
internal sealed class LoadGenerator(Table table, Intake intake)
{
    private const int MostARecord = 10_000;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly TradeRow[] _rows = TradeRows.Make();
    private readonly LineWriter _writer = new(table, TimeProvider.System, capacity: 1 << 20);
    private long _rate;
    private long _offered;
    private long _lastMicros;

    /// <summary>Rows a second; may be changed at any time.</summary>
    public long Rate
    {
        get => Volatile.Read(ref _rate);
        set => Volatile.Write(ref _rate, value);
    }

    public long Offered => Volatile.Read(ref _offered);

    public long Refused { get; private set; }

    public async Task RunAsync(CancellationToken stopping)
    {
        double due = 0;
        for (long last = Stopwatch.GetTimestamp(); !stopping.IsCancellationRequested;)
        {
            await Task.Delay(Tick, CancellationToken.None);
            due += Rate * Stopwatch.GetElapsedTime(last).TotalSeconds;
            last = Stopwatch.GetTimestamp();
            for (; due >= 1 && !stopping.IsCancellationRequested; due -= _writer.Rows)
            {
                await WriteAsync((int)Math.Min(due, MostARecord));
            }
        }
    }

    private async Task WriteAsync(int count)
    {
        _writer.Clear();
        _lastMicros = Math.Max(_lastMicros + 1, (long)(DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMicroseconds);
        for (int i = 0; i < count; i++)
        {
            long number = _offered + i;
            _rows[number % TradeRows.Count].Write(_writer, table.Columns, number, _lastMicros++);
        }

        if (await intake.AcceptAsync(new LineRows(table, _writer.Written, _writer.Rows, TimeSpan.FromSeconds(10)), CancellationToken.None) is not null)
        {
            Refused += count;
        }

        Volatile.Write(ref _offered, _offered + count);
    }
}
