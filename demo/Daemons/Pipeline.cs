namespace Demo.Daemons;

/// <summary>What a daemon has gathered since its start, by series. Not safe for threads.</summary>
internal sealed class Pipeline(DaemonProfile profile)
{
    private readonly Dictionary<Series, Count> _counts = profile.Series.ToDictionary(series => series, _ => new Count());

    public void Add(in Series series, double latencyMs, DateTime at)
    {
        Count count = _counts[series];
        count.Records++;
        count.LatencyMs += latencyMs;
        count.LastAt = at;
    }

    public PipelineReport Report() => new()
    {
        Exchanges = Grouped(_counts, pair => pair.Key.Exchange, exchange => Grouped(exchange, pair => pair.Key.DataType, Type)),
    };

    private static StreamReport Type(IEnumerable<KeyValuePair<Series, Count>> series) => new()
    {
        Count = series.Sum(pair => pair.Value.Records),
        Bytes = series.Sum(pair => Bytes(pair.Key, pair.Value)),
        LatencyMs = Mean(series.Sum(pair => pair.Value.LatencyMs), series.Sum(pair => pair.Value.Records)),
        Symbols =
        [
            .. series.Select(pair => new SymbolReport
            {
                Symbol = pair.Key.Symbol,
                Count = pair.Value.Records,
                Bytes = Bytes(pair.Key, pair.Value),
                LatencyMs = Mean(pair.Value.LatencyMs, pair.Value.Records),
                LastAt = pair.Value.LastAt,
            }),
        ],
    };

    private static Dictionary<string, T> Grouped<T>(
        IEnumerable<KeyValuePair<Series, Count>> all, Func<KeyValuePair<Series, Count>, string> key, Func<IEnumerable<KeyValuePair<Series, Count>>, T> value) =>
        all.GroupBy(key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => value(group), StringComparer.Ordinal);

    private static long Bytes(in Series series, Count count) => count.Records * DataTypes.RecordBytes(series.DataType);

    /// <summary>Null while there is nothing to take the mean of.</summary>
    private static double? Mean(double sum, long count) => count == 0 ? null : Math.Round(sum / count, 1);

    private sealed class Count
    {
        public long Records { get; set; }

        public double LatencyMs { get; set; }

        public DateTime? LastAt { get; set; }
    }
}
