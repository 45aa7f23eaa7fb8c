using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Demo;

/// <summary>What the command line of the demo says.</summary>
internal sealed record DemoOptions
{
    public const string Usage = """
        demo: a small trading operation to watch, simulated in one process behind real sockets on 127.0.0.1.

        Usage: demo [options]
          --port N        the one port of everything below; 0 for any free one (default 9470)
          --seed N        seed of what happens: same seed, same faults, same numbers (default 1)
          --speed X       operating hours per hour of the daemons, 0.01 to 3600 (default 1): at 60 an hour's fetches
                          take a minute. Exchanges, strategies and faults go by the clock on the wall.
          --catalog DIR   folder in which the daemons' records grow as Parquet files:
                          {data_type}/{symbol}.{exchange}/{date}.parquet (default: none are written)
          --push URL      where carry-eth posts its numbers each second as line protocol, for instance
                          http://127.0.0.1:9465/write (default: it pushes nothing)
          --faults        a fault every two minutes, all kinds in turn, in an order that the seed decides

        Pages:
          /daemons/oi-fetcher/status            fetches open interest and funding: 4 fetches at its start, 26 an hour
          /daemons/liquidation-streamer/status  is told liquidations
          /exchanges/NAME/ws, /exchanges/NAME/time   binance, bybit, okx, hyperliquid: trades over a WebSocket in the
                                                     dialect of each, and its clock (hyperliquid tells none)
          /strategies                           three strategies: PnL, position, orders, exposure
          /metrics                              the simulation itself, for Prometheus
          /faults                               what can go wrong, and what does

        Faults on request, until they are ended or for a time, everywhere or at one place:
          curl -X POST   'http://127.0.0.1:9470/faults/exchange-disconnect?name=binance&for=60s'
          curl -X POST    http://127.0.0.1:9470/faults/daemon-down
          curl -X DELETE  http://127.0.0.1:9470/faults/daemon-down

        Ends with 0 after Ctrl+C or SIGTERM, 1 when it cannot listen or write its files, 2 for a wrong argument.
        """;

    /// <summary>Port on 127.0.0.1. Default 9470; 0 takes any free one.</summary>
    public int Port { get; init; } = 9470;

    /// <summary>Seed of the events. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Operating time of the daemons per real time. Default 1, from 0.01 to 3600.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Folder of the Parquet catalog. Default none: nothing is written.</summary>
    public string? Catalog { get; init; }

    /// <summary>Where the pushing strategy posts to. Default nowhere.</summary>
    public Uri? Push { get; init; }

    /// <summary>Whether faults come by a schedule. Default false.</summary>
    public bool Faults { get; init; }

    /// <summary>Reads the arguments; <paramref name="fault"/> is a sentence for the user when they make no sense.</summary>
    public static bool TryParse(
        IReadOnlyList<string> args,
        [NotNullWhen(true)] out DemoOptions? options,
        [NotNullWhen(false)] out string? fault)
    {
        (options, fault) = (null, null);
        var parsed = new DemoOptions();
        for (int i = 0; i < args.Count; i++)
        {
            string name = args[i];
            if (name == "--faults")
            {
                parsed = parsed with { Faults = true };
                continue;
            }

            string value = ++i < args.Count ? args[i] : "";
            DemoOptions? next = name switch
            {
                "--port" => Whole(value, 0, 65535) is { } port ? parsed with { Port = port } : null,
                "--seed" => Whole(value, 0, int.MaxValue) is { } seed ? parsed with { Seed = seed } : null,
                "--speed" => Factor(value) is { } speed ? parsed with { Speed = speed } : null,
                "--catalog" => value.Length > 0 ? parsed with { Catalog = value } : null,
                "--push" => Address(value) is { } push ? parsed with { Push = push } : null,
                _ => null,
            };
            if (next is null)
            {
                fault = $"cannot take '{name} {value}'.";
                return false;
            }

            parsed = next;
        }

        options = parsed;
        return true;
    }

    private static int? Whole(string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && number >= least && number <= most
            ? number
            : null;

    private static double? Factor(string value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
        && number is >= 0.01 and <= 3600
            ? number
            : null;

    private static Uri? Address(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" ? address : null;
}
