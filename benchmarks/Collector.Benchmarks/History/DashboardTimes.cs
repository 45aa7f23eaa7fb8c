using System.Diagnostics;
using Collector.Benchmarks.Support;
using Collector.IntegrationTests.Grafana;
using Npgsql;

namespace Collector.Benchmarks.History;

/// <summary>How long one query took.</summary>
/// <param name="Cold">The first time, when nothing was in memory; null where that could not be had.</param>
/// <param name="Warm">The median of the times after that.</param>
internal sealed record QueryTime(string Where, TimeSpan? Cold, TimeSpan Warm, int Rows);

/// <summary>
/// The queries of a dashboard as Grafana sends them over the PostgreSQL wire: variables, panels and annotations, all panels open, all
/// values chosen, buckets by the panel's width. One after the other, so that their sum is an upper bound: Grafana asks several at once.
/// </summary>
/// <param name="cold">Also the first time, with the page cache emptied, where that is allowed: all other programs feel it.</param>
internal sealed class DashboardTimes(NpgsqlDataSource database, DateTimeOffset end, bool cold)
{
    /// <summary>Times that a query is asked warm.</summary>
    private const int Times = 3;

    public async Task<IReadOnlyList<QueryTime>> OfAsync(DashboardFile dashboard, TimeSpan range)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync();
        Zoom zoom = new(end - range, end, TimeSpan.Zero);
        Dictionary<string, Choice> choices = await Choices.AllAsync(connection, dashboard, zoom.For(60, TimeSpan.Zero), all: true);
        (ShippedQuery Query, string Sql)[] queries = [.. dashboard.Queries.SelectMany(query => Drawn(query, zoom, choices))];

        var firsts = new TimeSpan?[queries.Length];
        if (cold && PageCache.TryEmpty())
        {
            for (int i = 0; i < queries.Length; i++)
            {
                firsts[i] = (await AskAsync(connection, queries[i].Sql)).Took;
            }
        }

        var times = new List<QueryTime>();
        foreach (((ShippedQuery query, string sql), TimeSpan? first) in queries.Zip(firsts))
        {
            await AskAsync(connection, sql);
            var warm = new List<(TimeSpan Took, int Rows)>();
            for (int i = 0; i < Times; i++)
            {
                warm.Add(await AskAsync(connection, sql));
            }

            times.Add(new QueryTime(query.Where, first, warm.Select(time => time.Took).Order().ElementAt(Times / 2), warm[0].Rows));
        }

        return times;
    }

    /// <summary>A panel that is repeated for each value of a variable is asked for each.</summary>
    private static IEnumerable<(ShippedQuery, string)> Drawn(ShippedQuery query, Zoom zoom, Dictionary<string, Choice> choices) =>
        Choices.Each(query, choices).Select(drawn => (query, Macros.Expand(query.Sql, zoom.For(query.Points, query.Least), drawn.Choices)));

    private static async Task<(TimeSpan Took, int Rows)> AskAsync(NpgsqlConnection connection, string sql)
    {
        long began = Stopwatch.GetTimestamp();
        Reply reply = await Reply.OfAsync(connection, sql);
        return (Stopwatch.GetElapsedTime(began), reply.Rows.Count);
    }
}
