using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Demo;

/// <summary>The command line of the demo.</summary>
internal static class DemoCommand
{
    private const int Misuse = 2;
    private static readonly DemoOptions Defaults = new();

    private static readonly Option<int> Port = new("--port")
    {
        Description = "The one port of everything below; 0 for any free one.",
        HelpName = "N",
        DefaultValueFactory = _ => Defaults.Port,
        CustomParser = given => Whole(given, 65535),
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Seed of what happens: same seed, same faults, same numbers.",
        HelpName = "N",
        DefaultValueFactory = _ => Defaults.Seed,
        CustomParser = given => Whole(given, int.MaxValue),
    };

    private static readonly Option<double> Speed = new("--speed")
    {
        Description = """
            Operating hours per hour of the daemons, 0.01 to 3600: at 60 an hour's fetches take
            a minute. Exchanges, strategies and faults go by the clock on the wall.
            """,
        HelpName = "X",
        DefaultValueFactory = _ => Defaults.Speed,
        CustomParser = Factor,
    };

    private static readonly Option<string?> Catalog = new("--catalog")
    {
        Description = """
            Folder in which the daemons' records grow as Parquet files:
            {data_type}/{symbol}.{exchange}/{date}.parquet. Without it none are written.
            """,
        HelpName = "DIR",
        CustomParser = Folder,
    };

    private static readonly Option<Uri?> Push = new("--push")
    {
        Description = """
            Where carry-eth posts its numbers each second as line protocol, for instance
            http://127.0.0.1:9465/write. Without it nothing is pushed.
            """,
        HelpName = "URL",
        CustomParser = Address,
    };

    private static readonly Option<bool> Faults = new("--faults")
    {
        Description = "A fault every two minutes, all kinds in turn, in an order that the seed decides.",
    };

    public static RootCommand Create(Func<DemoOptions, Task<int>> run)
    {
        var root = new RootCommand(Guide.Purpose) { Port, Seed, Speed, Catalog, Push, Faults };
        root.SetAction((arguments, _) => run(Read(arguments)));
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new GuidedHelp((HelpAction)help.Action!);
        return root;
    }

    /// <summary>What a command line without errors says.</summary>
    public static DemoOptions Read(ParseResult arguments) => new()
    {
        Port = arguments.GetValue(Port),
        Seed = arguments.GetValue(Seed),
        Speed = arguments.GetValue(Speed),
        Catalog = arguments.GetValue(Catalog),
        Push = arguments.GetValue(Push),
        Faults = arguments.GetValue(Faults),
    };

    /// <summary>Does what the command line says, and returns the exit code.</summary>
    public static async Task<int> InvokeAsync(IReadOnlyList<string> arguments, Func<DemoOptions, Task<int>> run)
    {
        ParseResult parsed = Create(run).Parse(arguments);
        bool isMisuse = parsed.Action is ParseErrorAction;
        // Signals are the host's to heed, which closes the connections; the library would end the process after 2 s.
        int code = await parsed.InvokeAsync(new InvocationConfiguration
        {
            ProcessTerminationTimeout = null,
            Output = isMisuse ? Console.Error : Console.Out,
        });
        return isMisuse ? Misuse : code;
    }

    private static int Whole(ArgumentResult given, int most) =>
        int.TryParse(Text(given), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= most
            ? number
            : Refuse<int>(given, $"a whole number from 0 to {most}");

    private static double Factor(ArgumentResult given) =>
        double.TryParse(Text(given), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number is >= 0.01 and <= 3600
            ? number
            : Refuse<double>(given, "a number from 0.01 to 3600");

    private static string? Folder(ArgumentResult given) => Text(given) is { Length: > 0 } folder ? folder : Refuse<string>(given, "a folder");

    private static Uri? Address(ArgumentResult given) =>
        Uri.TryCreate(Text(given), UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? address
            : Refuse<Uri>(given, "an address that begins with http:// or https://");

    private static string Text(ArgumentResult given) => given.Tokens[0].Value;

    private static T? Refuse<T>(ArgumentResult given, string wanted)
    {
        string name = ((OptionResult)given.Parent!).Option.Name;
        given.AddError($"Cannot take '{name} {Text(given)}': {name} takes {wanted}.");
        return default;
    }

    private sealed class GuidedHelp(HelpAction plain) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            int code = plain.Invoke(parseResult);
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine(Guide.Text);
            output.WriteLine();
            output.WriteLine("Exit codes: 0 ended by Ctrl+C or SIGTERM; 1 it cannot listen or write its files; 2 bad command line.");
            return code;
        }
    }
}
