using static Collector.Dashboards.Fragments;

namespace Collector.Dashboards.Content;

internal static class PipelineDashboard
{
    private const string Keys = "exchange, symbol, data_type, host, env";
    private const string FileKeys = $"dataset, {Keys}";
    private const string ByExchange = "${__field.labels.exchange}";
    private const string ByType = "${__field.labels.data_type}";
    private const string Step = "1m";
    private static readonly string Chosen = Rows("env", "host", "exchange", "symbol", "data_type");
    private static readonly string Gaps = Latest("data_gaps", "gap_id", Chosen);
    private static readonly string Files = Current("storage_usage", FileKeys, Chosen);

    public static Dashboard Made { get; } = new("pipeline", "Data pipeline", "Does the data arrive, on time and whole, and what does it take on disk?")
    {
        From = "now-6h",
        Refresh = "30s",
        Variables = Variable.Of("pipeline_metrics", null, "env", "host", "exchange", "symbol", "data_type"),
        Rows =
        [
            new(0, "",
                Shared.About("""
                    **Does the data arrive, on time and whole, and what does it take on disk?** A gap opens when a series is silent for 1.5 times
                    its interval. Numbers of a whole exchange are not spread over its symbols.
                    """),
                Shared.Freshness("pipeline_metrics", Chosen, Limits.PipelineAge)),
            new(100, "Now",
                Stat(10, "Gaps now", "Gaps whose last row in the range says that they are open.", Unit.Count,
                    $"SELECT sum(CASE WHEN state = 'open' THEN 1 ELSE 0 END) AS gaps FROM {Gaps}") with
                {
                    Thresholds = Thresholds.NoneAllowed, Empty = "None in this range",
                },
                Stat(11, "Longest open gap", "From the last record before the gap to its last row.", Unit.Seconds,
                    $"SELECT max(duration_seconds) AS longest FROM {Gaps} WHERE state = 'open'") with { Thresholds = Thresholds.Limits(0, 300), Empty = "None open" },
                Stat(12, "Missing records", "Records that the range's gaps have swallowed, by their expected interval.", Unit.Count,
                    $"SELECT sum(missing_records) AS missing FROM {Gaps}") with { Thresholds = new Thresholds("green", (1, "orange")), Empty = "None in this range" },
                Stat(13, "Records", "Records in the range.", Unit.Count, $"SELECT sum(records_count) AS records FROM pipeline_metrics WHERE {Chosen}"),
                Stat(14, "Written", "Bytes written in the range.", Unit.Bytes, $"SELECT sum(bytes_written) AS written FROM pipeline_metrics WHERE {Chosen}"),
                Stat(15, "Storage", "Size of all data files by their last row.", Unit.Bytes, $"SELECT sum(bytes) AS size FROM {Files}")),
            new(101, "What arrives",
                Arrivals(20, "Open interest", "Records of open interest an hour, by exchange. A symbol gives 12.", "oi", Rates.PerHour, Unit.PerHour, "5m"),
                Arrivals(21, "Funding rates", "Records of funding rates an hour, by exchange. A symbol gives 1.", "funding", Rates.PerHour, Unit.PerHour, "1h"),
                Arrivals(22, "Liquidations", "Records of liquidations a minute, by exchange.", "liquidation", Rates.PerMinute, Unit.PerMinute, "5m")),
            new(102, "Gaps",
                new StateTimeline(23, "Gaps over time", "For each exchange and kind of data the worst of its series in each bucket. Where nothing is drawn, no row came.")
                {
                    Width = 11, Height = 11, Interval = Step, Mappings = States.Pipeline, SeriesName = $"{ByExchange} {ByType}",
                    Sql =
                    [
                        $"""
                        {Buckets($"pipeline_metrics WHERE {Chosen}", "exchange, data_type", ("worst", $"min({States.OfPipeline})"))}
                        ORDER BY time, exchange, data_type
                        """,
                    ],
                },
                new Table(24, "Gap list", "Each gap that had a row in the range, by its last one: the open ones first, then the newest. At most 200.")
                {
                    Width = 13, Height = 11, Empty = "No gap in this range",
                    Overrides =
                    [
                        new("state") { Coloured = true, Mappings = States.Texts, Width = 70 },
                        new("exchange") { Width = 90 },
                        new("data_type") { As = "data", Width = 90 },
                        new("opened_at") { As = "opened", Unit = Unit.Time, Width = 165 },
                        new("duration_seconds") { As = "length", Unit = Unit.Seconds, Decimals = 0, Width = 80 },
                        new("missing_records") { As = "missing", Unit = Unit.Count, Width = 75 },
                        new("seen") { As = "last seen", Unit = Unit.Ago, Width = 120 },
                    ],
                    Sql =
                    [
                        $"""
                        SELECT state, exchange, symbol, data_type, opened_at, duration_seconds, missing_records, timestamp AS seen
                        FROM {Gaps} ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, opened_at DESC LIMIT 200
                        """,
                    ],
                }),
            new(103, "Flow",
                Flow(25, "Records", "Records a minute, by kind of data.", "records_count", Rates.PerMinute, Unit.PerMinute),
                Flow(26, "Bytes written", "Bytes written a second, by kind of data.", "bytes_written", Rates.PerSecond, Unit.BytesPerSecond),
                new TimeSeries(27, "Latency", "From fetch to storage, the mean of each bucket, by exchange.")
                {
                    Interval = Step, Unit = Unit.Milliseconds, Min = 0, Thresholds = Limits.PipelineLatency, SeriesName = ByExchange,
                    Sql = [$"{Buckets($"pipeline_metrics WHERE {Chosen}", "exchange", ("latency", "avg(latency_ms)"))} ORDER BY time, exchange"],
                }),
            new(104, "Storage",
                new TimeSeries(30, "Storage size", "Size of the data files, by kind of data.")
                {
                    Interval = "2m", Unit = Unit.Bytes, Min = 0, SeriesName = ByType,
                    Sql =
                    [
                        $"""
                        SELECT time, data_type, sum(bytes) AS size FROM (
                        {Buckets($"storage_usage WHERE {Chosen}", FileKeys, ("bytes", "last(bytes)"))}
                        ) GROUP BY time, data_type ORDER BY time, data_type
                        """,
                    ],
                },
                new TimeSeries(31, "Storage growth", "What the size of the data files grows by in a day, at the pace of each bucket. Below zero files were deleted.")
                {
                    Interval = "10m", Unit = Unit.Bytes, SeriesName = ByType,
                    Sql = [Rates.Growth($"storage_usage WHERE {Chosen}", "data_type", FileKeys, "bytes", Rates.PerDay)],
                },
                new Table(32, "Files", "The data files of each set and kind of data by their last row.")
                {
                    Empty = "No files",
                    Overrides =
                    [
                        new("data_type") { As = "data" },
                        new("files") { Unit = Unit.Count, Width = 75 },
                        new("size") { Unit = Unit.Bytes, Width = 90 },
                        new("newest") { As = "newest file", Unit = Unit.Ago, Width = 125 },
                    ],
                    Sql =
                    [
                        $"""
                        SELECT dataset, data_type, sum(files) AS files, sum(bytes) AS size, max(newest_at) AS newest
                        FROM {Files} GROUP BY dataset, data_type ORDER BY dataset, data_type
                        """,
                    ],
                }),
        ],
    };

    private static Stat Stat(int id, string title, string description, Unit unit, string sql) => new(id, title, description)
    {
        Width = 4,
        Height = 4,
        Unit = unit,
        Sql = [sql],
    };

    private static TimeSeries Arrivals(int id, string title, string description, string type, int per, Unit unit, string interval) => new(id, title, description)
    {
        Interval = interval,
        Unit = unit,
        Min = 0,
        SeriesName = ByExchange,
        Sql = [Rates.Of($"pipeline_metrics WHERE {Chosen} AND data_type = '{type}'", "exchange", "records_count", per)],
    };

    private static TimeSeries Flow(int id, string title, string description, string column, int per, Unit unit) => new(id, title, description)
    {
        Interval = "5m",
        Unit = unit,
        Min = 0,
        SeriesName = ByType,
        Sql = [Rates.Of($"pipeline_metrics WHERE {Chosen}", "data_type", column, per)],
    };
}
