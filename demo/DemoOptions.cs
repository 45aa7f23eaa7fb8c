using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Demo;

/// <summary>What the command line of the demo says.</summary>
internal sealed record DemoOptions
{
    public const string Usage = """
        demo: a small trading operation to watch; it serves a daemon's status over HTTP on 127.0.0.1.

        Usage: demo [--port N] [--seed N] [--speed X]
          --port N    port of GET /status, 0 for any free one (default 9470)
          --seed N    seed of what happens: the same seed, the same day (default 1)
          --speed X   operating hours per hour, 0.01 to 3600 (default 1): at 60 an hour's fetches take a minute
        """;

    /// <summary>Port on 127.0.0.1. Default 9470; 0 takes any free one.</summary>
    public int Port { get; init; } = 9470;

    /// <summary>Seed of the events. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Operating time per real time. Default 1, from 0.01 to 3600.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Reads the arguments; <paramref name="fault"/> is a sentence for the user when they make no sense.</summary>
    public static bool TryParse(
        IReadOnlyList<string> args,
        [NotNullWhen(true)] out DemoOptions? options,
        [NotNullWhen(false)] out string? fault)
    {
        options = null;
        var parsed = new DemoOptions();
        for (int i = 0; i < args.Count; i += 2)
        {
            string name = args[i];
            string value = i + 1 < args.Count ? args[i + 1] : "";
            DemoOptions? next = name switch
            {
                "--port" => Whole(value, 0, 65535) is { } port ? parsed with { Port = port } : null,
                "--seed" => Whole(value, 0, int.MaxValue) is { } seed ? parsed with { Seed = seed } : null,
                "--speed" => Factor(value) is { } speed ? parsed with { Speed = speed } : null,
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
        fault = null;
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
}
