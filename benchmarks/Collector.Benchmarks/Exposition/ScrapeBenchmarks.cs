using System.Text;
using BenchmarkDotNet.Attributes;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe;
using Collector.Web.Exposition;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.Benchmarks.Exposition;

/// <summary>One scrape of 20,000 series: 5,000 key values with four columns each. The mean is per series.</summary>
[MemoryDiagnoser]
public class ScrapeBenchmarks
{
    public const int Keys = 5_000;
    private const int Columns = 4;
    public const int Series = Keys * Columns;

    private const string Schema = """
        CREATE TABLE quotes (
            timestamp TIMESTAMP,
            exchange SYMBOL,
            symbol SYMBOL,
            price DOUBLE, -- Last price. [gauge quote_price]
            latency_ms DOUBLE, -- Age of the quote. [gauge quote_latency_seconds, unit ms]
            trades LONG, -- Trades since the start. [counter quote_trades_total]
            spread DOUBLE -- Best ask less best bid. [gauge quote_spread]
        ) TIMESTAMP(timestamp) PARTITION BY DAY WAL DEDUP UPSERT KEYS(timestamp, exchange, symbol);
        """;

    private Table _table = null!;
    private LatestValues _latest = null!;
    private AcceptedRows _accepted = null!;
    private ScrapeRenderer _page = null!;
    private byte[] _rows = null!;
    private (string Name, string Help, IEnumerable<((string, string)[], double)> Samples)[] _naive = null!;

    /// <summary>
    /// plain: values of a few decimals, as prices and latencies are. full: doubles with all their 17 digits, the costliest
    /// there are to spell.
    /// </summary>
    [Params("plain", "full")]
    public string Values { get; set; } = "plain";

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _table = SchemaReader.Read("quotes.sql", Schema, [])!;
        var options = new ExpositionOptions();
        _latest = new LatestValues([_table], options, TimeProvider.System);
        _accepted = new AcceptedRows(_latest);
        _page = new ScrapeRenderer([_latest], options, NullLogger<ScrapeRenderer>.Instance);

        var labels = new (string, string)[Keys][];
        double[][] values = new double[Columns][];
        for (int column = 0; column < Columns; column++)
        {
            values[column] = new double[Keys];
        }

        var rows = new StringBuilder();
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        for (int key = 0; key < Keys; key++)
        {
            labels[key] = [("exchange", $"venue{key % 7}"), ("symbol", $"SYM{key}-USDT")];
            bool full = Values == "full";
            values[0][key] = full ? random.NextDouble() * 1e5 : Math.Round(random.NextDouble() * 1e5, 2);
            double latency = full ? random.NextDouble() * 100 : Math.Round(random.NextDouble() * 100, 1);
            values[1][key] = latency / 1000;
            values[2][key] = random.Next(1_000_000);
            values[3][key] = full ? random.NextDouble() : Math.Round(random.NextDouble(), 4);
            rows.Append($"quotes,exchange=venue{key % 7},symbol=SYM{key}-USDT price={values[0][key]:R},latency_ms={latency:R},trades={values[2][key]}i,spread={values[3][key]:R} {now}t\n");
        }

        _rows = Encoding.UTF8.GetBytes(rows.ToString());
        _accepted.Observe(new LineRows(_table, _rows, Keys, TimeSpan.FromDays(1)));
        string[] names = ["quote_price", "quote_latency_seconds", "quote_trades_total", "quote_spread"];
        _naive = [.. names.Select((name, column) => (name, "Help.", labels.Select((set, key) => (set, values[column][key]))))];
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Series, Description = "StringBuilder, written naively")]
    public int Naive() => NaivePage.Render(_naive).Length;

    [Benchmark(OperationsPerInvoke = Series, Description = "ScrapeRenderer, collection included")]
    public int Page()
    {
        using ScrapeBuffer page = _page.Render(TextFormat.Prometheus);
        return page.Length;
    }

    [Benchmark(OperationsPerInvoke = Keys, Description = "LatestValues.Observe, per row of four columns")]
    public void Observe() => _accepted.Observe(new LineRows(_table, _rows, Keys, TimeSpan.FromDays(1)));
}
