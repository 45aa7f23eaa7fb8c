using System.Globalization;
using System.Net.WebSockets;
using Collector.IntegrationTests.Support;
using Demo.Exchanges;
using Xunit.Abstractions;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>From a venue's connection to rows of QuestDB: the collector as a user runs it, and a venue that is cut off.</summary>
public sealed class ExchangePipelineTests(OwnQuestDb database, ITestOutputHelper output) : IClassFixture<OwnQuestDb>
{
    private static readonly TimeSpan Soon = CollectorProcess.Soon;

    [SkippableFact]
    public async Task Cut_IsARowOfTheDatabaseWithinSixSecondsAndSoIsTheRecovery()
    {
        QuestDbServer server = await database.RunningAsync();
        await using VenueServer venue = await VenueServer.StartAsync(VenueDialects.Okx, TimeProvider.System);
        await using var collector = new CollectorProcess(CollectorProcess.QuestDb(server.Url), Exchange(venue));
        await collector.StartReadyAsync();
        await server.ExecUntilAsync(Rows("state = 'connected' AND latency_ms IS NOT NULL"), answer => answer.Rows.Count > 0, Soon);
        VenueSession session = venue.Sessions[0];
        await session.TradeAsync();
        await server.ExecUntilAsync(Rows("last_message_at IS NOT NULL"), answer => answer.Rows.Count > 0, Soon);

        venue.Behaviour.Refuses = 503;
        DateTimeOffset cutAt = TimeProvider.System.GetUtcNow();
        long cut = TimeProvider.System.GetTimestamp();
        session.Cut();

        // By the rows' own times, since the machine may be busy: it was known at once, and not only at the next reading.
        QuestDbAnswer down = await server.ExecUntilAsync(Rows("state = 'disconnected'"), answer => answer.Rows.Count > 0, Soon);
        TimeSpan visible = TimeProvider.System.GetElapsedTime(cut);
        Assert.InRange(Time(down.Rows[0][0].GetString()!) - cutAt, TimeSpan.Zero, TimeSpan.FromSeconds(6));
        Assert.InRange(Time(down.Rows[0][1].GetString()!) - cutAt, TimeSpan.Zero, TimeSpan.FromSeconds(6));
        output.WriteLine(FormattableString.Invariant(
            $"from the cut: known after {(Time(down.Rows[0][1].GetString()!) - cutAt).TotalSeconds:0.000} s, row dated {(Time(down.Rows[0][0].GetString()!) - cutAt).TotalSeconds:0.000} s, read from the database after {visible.TotalSeconds:0.000} s"));
        Assert.InRange(visible, TimeSpan.Zero, Soon);

        venue.Behaviour.Refuses = null;
        await server.ExecUntilAsync(Rows("state = 'connected' AND reconnect_count = 1"), answer => answer.Rows.Count > 0, Soon);
        QuestDbAnswer states = await server.ExecAsync("SELECT state, connected, mute FROM exchange_status WHERE exchange = 'okx' ORDER BY timestamp");
        Assert.Equal(["connecting", "connected", "disconnected", "connected"], Turns(states.Rows.Select(row => row[0].GetString()!)));
        Assert.All(states.Rows, row => Assert.Equal(row[0].GetString() == "connected", row[1].GetBoolean()));
        Assert.All(states.Rows, row => Assert.False(row[2].GetBoolean()));
    }

    [SkippableFact]
    public async Task Mute_IsARowAndSoIsTheClosing()
    {
        QuestDbServer server = await database.RunningAsync();
        await using VenueServer venue = await VenueServer.StartAsync(VenueDialects.Kraken, TimeProvider.System);
        await using var collector = new CollectorProcess(CollectorProcess.QuestDb(server.Url), Exchange(venue, "stale_after: 1s"));
        await collector.StartAsync();
        await server.ExecUntilAsync(Rows("state = 'mute' AND connected AND mute", "kraken"), answer => answer.Rows.Count > 0, Soon);

        await venue.Sessions[^1].CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "maintenance");

        QuestDbAnswer closed = await server.ExecUntilAsync(Rows("error LIKE '%1001 maintenance'", "kraken"), answer => answer.Rows.Count > 0, Soon);
        Assert.NotEmpty(closed.Rows);
    }

    private static string Exchange(VenueServer venue, string more = "stale_after: 30s") =>
        $"""
        sources:
          exchange:
            - name: {venue.Dialect}
              preset: {venue.Dialect}
              channels: [trades]
              symbols: [BTC-USDT]
              url: {venue.Url}
              ask_clock: false
              {more}
        """;

    private static string Rows(string condition, string exchange = "okx") =>
        $"SELECT timestamp, disconnected_at FROM exchange_status WHERE exchange = '{exchange}' AND {condition} ORDER BY timestamp";

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    /// <summary>Each state once as long as it lasts.</summary>
    private static IEnumerable<string> Turns(IEnumerable<string> states)
    {
        string? last = null;
        foreach (string state in states)
        {
            if (state != last)
            {
                yield return last = state;
            }
        }
    }
}
