using BenchmarkDotNet.Attributes;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Benchmarks.Lines;

/// <summary>Writing a row of <see cref="TradeRows"/>. Figures are per row.</summary>
[MemoryDiagnoser]
[MinColumn]
public class LineWriterBenchmarks
{
    private readonly TradeRow[] _rows = TradeRows.Make();
    private readonly Column[] _columns = TradeRows.Table.Columns;
    private readonly LineWriter _writer = new(TradeRows.Table, new TradeRows.StoppedClock(), capacity: 1 << 20);
    private readonly PlainTextEncoder _text = new();
    private byte[] _finished = [];
    private byte[] _copy = [];

    [GlobalSetup]
    public void Setup()
    {
        Writer();
        _finished = _writer.Written.ToArray();
        _copy = new byte[_finished.Length];
        if (_finished.Length != TradeRows.Count * TradeRows.RowBytes)
        {
            throw new InvalidOperationException($"{(double)_finished.Length / TradeRows.Count} bytes a row: {System.Text.Encoding.Latin1.GetString(_finished, 0, 150)}");
        }
    }

    /// <summary>The floor: the finished line copied, one call a row.</summary>
    [Benchmark(OperationsPerInvoke = TradeRows.Count)]
    public int Copy()
    {
        for (int at = 0; at < _finished.Length; at += TradeRows.RowBytes)
        {
            _finished.AsSpan(at, TradeRows.RowBytes).CopyTo(_copy.AsSpan(at));
        }

        return _copy.Length;
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = TradeRows.Count)]
    public int Writer()
    {
        _writer.Clear();
        foreach (TradeRow row in _rows)
        {
            row.Write(_writer, _columns);
        }

        return _writer.Rows;
    }

    [Benchmark(OperationsPerInvoke = TradeRows.Count)]
    public int PlainText()
    {
        foreach (TradeRow row in _rows)
        {
            _text.Write(row);
        }

        return _text.Take().Length;
    }
}
