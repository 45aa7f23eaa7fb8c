using System.Diagnostics;
using System.Net.Security;
using Collector.Sources;
using Collector.Sources.Exchange;
using Demo.Exchanges;

namespace Collector.Tests.Sources.Exchange;

/// <summary>An exchange source before a venue of this machine, on a clock that stands until the test moves it.</summary>
internal sealed class ExchangeRoom : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly List<ExchangeSource> _sources = [];
    private readonly List<VenueServer> _venues = [];
    private readonly SourceRoom _room = new();

    public WatchedClock Clock => _room.Clock;

    public SharedViews Shared { get; } = new();

    /// <summary>What each reading told as an error.</summary>
    public SourceException? Error { get; private set; }

    public async Task<VenueServer> VenueAsync(VenueDialect dialect)
    {
        VenueServer venue = await VenueServer.StartAsync(dialect, Clock);
        _venues.Add(venue);
        return venue;
    }

    /// <summary>The options of a preset, led to this machine; so patient with pings that a test may move the clock faster than they are answered.</summary>
    public static ExchangeOptions Options(VenueDialect dialect, VenueServer venue) => new()
    {
        Name = dialect.Name,
        Preset = dialect.Name,
        Channels = ["trades"],
        Symbols = ["BTC-USD", "eth\"usd"],
        Url = venue.Url,
        PongTimeout = TimeSpan.FromMinutes(2),
        Clock = VenuePresets.All[dialect.Name].Clock is { } clock ? clock with { Url = venue.Clock } : null,
    };

    public ExchangeSource Source(ExchangeOptions options, SslClientAuthenticationOptions? tls = null)
    {
        var source = new ExchangeSource(options, _room.Context($"exchange/{options.Name}") with { Shared = Shared }, new Random(1), tls);
        _sources.Add(source);
        return source;
    }

    /// <summary>A source before a venue, connected and subscribed.</summary>
    public async Task<(VenueServer Venue, ExchangeSource Source, VenueSession Session)> ConnectedAsync(VenueDialect dialect, Func<ExchangeOptions, ExchangeOptions>? change = null)
    {
        VenueServer venue = await VenueAsync(dialect);
        ExchangeSource source = Source((change ?? (options => options))(Options(dialect, venue)));
        await UntilAsync(source, row => row["state"] == "connected");
        await HoldsAsync(() => venue.Sessions is [.., { Symbols.Count: > 0 }]);
        return (venue, source, venue.Sessions[^1]);
    }

    /// <summary>A source of a channel in which hours without a word are usual, connected.</summary>
    public async Task<(VenueServer Venue, ExchangeSource Source)> LiquidationsAsync(TimeSpan? staleAfter)
    {
        VenueServer venue = await VenueAsync(VenueDialects.Bybit);
        ExchangeSource source = Source(Options(VenueDialects.Bybit, venue) with { Channels = ["liquidations"], StaleAfter = staleAfter, PongTimeout = TimeSpan.FromMinutes(2) });
        await UntilAsync(source, row => row["state"] == "connected");
        return (venue, source);
    }

    public async Task<WrittenRow> ReadAsync(ExchangeSource source) => (await ReadAllAsync(source))[0];

    public async Task<IReadOnlyList<WrittenRow>> ReadAllAsync(ExchangeSource source)
    {
        (IReadOnlyList<WrittenRow> rows, Error) = await _room.ReadAsync(source);
        return rows;
    }

    /// <summary>Reads until a row is as wanted.</summary>
    /// <param name="turn">Done before each reading.</param>
    public async Task<WrittenRow> UntilAsync(ExchangeSource source, Func<WrittenRow, bool> wanted, Action? turn = null)
    {
        WrittenRow? row = null;
        await HoldsAsync(async () =>
        {
            turn?.Invoke();
            return wanted(row = await ReadAsync(source));
        }, () => string.Join(' ', row?.Values.Select(value => $"{value.Key}={value.Value}") ?? []));
        return row!;
    }

    /// <summary>Reads whenever the source asks for it, until a row is as wanted: that it was told at once.</summary>
    public async Task<WrittenRow> ToldAsync(ExchangeSource source, Func<WrittenRow, bool> wanted)
    {
        using var patience = new CancellationTokenSource(Patience);
        WrittenRow row;
        do
        {
            await source.Changed.WaitAsync(patience.Token);
            row = await ReadAsync(source);
        }
        while (!wanted(row));
        return row;
    }

    public static Task HoldsAsync(Func<bool> condition) => HoldsAsync(() => Task.FromResult(condition()), () => "");

    public async ValueTask DisposeAsync()
    {
        foreach (VenueServer venue in _venues)
        {
            venue.Behaviour.Reads = true;
        }

        foreach (ExchangeSource source in _sources)
        {
            // A venue that does not answer the farewell is waited for by the clock.
            Task ending = source.DisposeAsync().AsTask();
            while (await Task.WhenAny(ending, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System)) != ending)
            {
                Clock.Advance(TimeSpan.FromSeconds(1));
            }

            await ending;
        }

        foreach (VenueServer venue in _venues)
        {
            await venue.DisposeAsync();
        }
    }

    private static async Task HoldsAsync(Func<Task<bool>> condition, Func<string> last)
    {
        long began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"it did not come about within a minute: {last()}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
