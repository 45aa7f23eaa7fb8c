using BenchmarkDotNet.Attributes;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Benchmarks.Lines;

/// <summary>
/// Reading and checking rows of one table, per megabyte (1,000,000 bytes) of lines: 2.5 ms are 400 MB/s. <c>Trades</c> are
/// the 146-byte rows of <see cref="TradeRows"/>, <c>TradesAsText</c> the same with doubles as text, <c>Wide</c> rows of 40 columns.
/// </summary>
[MemoryDiagnoser]
[MinColumn]
public class LineReaderBenchmarks
{
    private const int Bytes = 1_000_000;

    private LineReader _reader = new(TradeRows.Table);
    private byte[] _data = [];
    private TimeWindow _window;
    private int _rows;

    [Params("Trades", "TradesAsText", "Wide")]
    public string Rows { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        Table table = Rows == "Wide" ? WideRows.Table : TradeRows.Table;
        byte[] rows = Rows switch
        {
            "Wide" => WideRows.Make(),
            "Trades" => Trades(),
            _ => TradesAsText(),
        };
        _data = new byte[Bytes + 4096];
        int length = 0;
        while (length < Bytes)
        {
            rows.AsSpan(0, Math.Min(rows.Length, _data.Length - length)).CopyTo(_data.AsSpan(length));
            length += rows.Length;
        }

        _reader = new LineReader(table);
        _window = TimeWindow.At(TradeRows.Now, table);
        _data = CutToWholeRows(_data, table);
        _rows = ReaderOver(_data);
    }

    /// <summary>The floor, though it gives the wrong rows: a search for newlines.</summary>
    [Benchmark(Baseline = true)]
    public int Newlines()
    {
        ReadOnlySpan<byte> data = _data;
        int rows = 0;
        while (true)
        {
            int end = data.IndexOf((byte)'\n');
            if (end < 0)
            {
                return rows;
            }

            rows++;
            data = data[(end + 1)..];
        }
    }

    [Benchmark]
    public int Reader()
    {
        int rows = ReaderOver(_data);
        return rows == _rows ? rows : throw new InvalidOperationException($"{rows} rows: {_reader.Fault}");
    }

    private int ReaderOver(byte[] data)
    {
        _reader.Start(data, _window);
        int rows = 0;
        while (_reader.Read() == LineStatus.Row)
        {
            rows++;
        }

        return rows;
    }

    /// <summary>As near to <see cref="Bytes"/> as whole rows come.</summary>
    private byte[] CutToWholeRows(byte[] data, Table table)
    {
        var reader = new LineReader(table);
        reader.Start(data, _window);
        int length = 0;
        while (length < Bytes && reader.Read() == LineStatus.Row)
        {
            length += reader.Row.Length;
        }

        return Math.Abs(length - Bytes) < 4096 ? data[..length] : throw new InvalidOperationException($"{length} bytes: {reader.Fault}");
    }

    private static byte[] Trades()
    {
        var writer = new LineWriter(TradeRows.Table, new TradeRows.StoppedClock());
        foreach (TradeRow row in TradeRows.Make())
        {
            row.Write(writer, TradeRows.Table.Columns);
        }

        return writer.Written.ToArray();
    }

    private static byte[] TradesAsText()
    {
        var encoder = new PlainTextEncoder();
        foreach (TradeRow row in TradeRows.Make())
        {
            encoder.Write(row);
        }

        return encoder.Take().ToArray();
    }
}
