namespace Demo.Daemons;

/// <summary>The values of a series' records, as a random walk of its own: the same seed and count, the same values.</summary>
internal sealed class RecordWalk(Series series, int seed)
{
    private readonly Random _random = new(seed);
    private double _price = series.Symbol.StartsWith("BTC", StringComparison.Ordinal) ? 97_000 : 3_400;
    private double _contracts = 50_000;

    /// <summary>The next record's values, in the order of <see cref="DataTypes.Columns"/>.</summary>
    public (double First, double Second) Next()
    {
        _price *= 1 + 0.0005 * (_random.NextDouble() - 0.5);
        _contracts *= 1 + 0.002 * (_random.NextDouble() - 0.5);
        return series.DataType switch
        {
            DataTypes.OpenInterest => (Math.Round(_contracts, 3), Math.Round(_contracts * _price, 2)),
            DataTypes.Funding => (Math.Round(0.0001 * (_random.NextDouble() - 0.3), 8), Math.Round(_price, 2)),
            _ => (Math.Round(_price, 2), Math.Round(2 * (_random.NextDouble() - 0.5), 3)),
        };
    }
}
