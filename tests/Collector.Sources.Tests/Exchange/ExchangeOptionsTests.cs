using Collector.App;

namespace Collector.Tests.Sources.Exchange;

public sealed class ExchangeOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ExchangeOptionsTests()
    {
        // A configuration is good with the tables that its sources fill.
        Directory.CreateDirectory(_folder.File("schemas"));
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Repository.Folder, "schemas")))
        {
            File.Copy(file, _folder.File($"schemas/{Path.GetFileName(file)}"));
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_APresetWithItsSymbols_IsEnough() => Assert.Empty(Faults("""
        sources:
          exchange:
            - {name: binance, preset: binance, channels: [trades], symbols: [BTCUSDT], interval: 5s, stale_after: 30s}
            - {name: okx, preset: okx, channels: trades, symbols: BTC-USDT}
        """));

    [Fact]
    public void Load_AnUnknownVenueGivenWhole_IsEnough() => Assert.Empty(Faults("""
        sources:
          exchange:
            name: backyard
            url: wss://feed.example/ws
            channels: [all]
            subscribe: '{"op":"subscribe","channel":"{channel}"}'
            event_time: {all: /ts}
            time_unit: us
            ping: {message: '{"op":"ping","id":{id}}', pong: '/id={id}', interval: 10s}
            sessions: [Mon-Fri 09:30-16:00]
            time_zone: America/New_York
        """));

    [Fact]
    public void Load_Mistakes_AreToldAllAtOnceWithTheirPlaces()
    {
        IReadOnlyList<string> faults = Faults("""
            sources:
              exchange:
                - {name: a, preset: binanse, channels: [trades]}
                - {name: b, channels: [trades]}
                - {name: c, preset: okx, channels: [trades]}
                - {name: d, preset: okx, channels: [], symbols: [BTC]}
                - {name: e, url: http://x, channels: [t]}
                - name: f
                  url: ws://x
                  channels: [t, t]
                  reconnect_delay: 10s
                  reconnect_max_delay: 5s
                  ping: {message: hello}
                  event_time: {t: ts}
                  sessions: [always]
                  time_zone: Mars/Olympus
                - {name: g, preset: okx, chanels: [trades], symbols: [BTC]}
            """);

        string[] expected =
            [
                "3: sources.exchange[0].preset: there is no preset 'binanse'; did you mean 'binance'?",
                "4: sources.exchange[1].url: is missing; name a preset (binance, bybit, okx,",
                "5: sources.exchange[2].symbols: is missing; the subscription names symbols",
                "6: sources.exchange[3].channels: has 0 entries",
                "7: sources.exchange[4].url: \"http://x\" is no ws or wss address",
                "10: sources.exchange[5].channels: names a channel twice",
                "12: sources.exchange[5].reconnect_max_delay: is shorter than reconnect_delay",
                "13: sources.exchange[5].ping.pong: is missing; say what the reply",
                "14: sources.exchange[5].event_time.t: ts is no JSON pointer",
                "15: sources.exchange[5].sessions: \"always\" is no session",
                "16: sources.exchange[5].time_zone: \"Mars/Olympus\" is no time zone",
                "17: sources.exchange[6].chanels: unknown key 'chanels'; did you mean 'channels'?",
            ];
        Assert.Equal(expected, faults.Zip(expected, (fault, begin) => fault[..Math.Min(fault.Length, begin.Length)]));
        Assert.Equal(expected.Length, faults.Count);
    }

    /// <summary>The faults of the file itself, each behind its line.</summary>
    private IReadOnlyList<string> Faults(string yaml)
    {
        string file = _folder.File("collector.yaml");
        File.WriteAllText(file, yaml);
        return
        [
            .. CollectorConfig.Load(file, new Dictionary<string, string>(StringComparer.Ordinal)).Faults
                .Where(fault => fault.StartsWith(file, StringComparison.Ordinal))
                .Select(fault => fault[(file.Length + 1)..].Split(':', 3))
                .Select(parts => $"{parts[0]}:{parts[2]}"),
        ];
    }
}
