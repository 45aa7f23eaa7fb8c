using System.CommandLine;
using Collector.Capabilities;
using Collector.Pipe.Delivery;
using Collector.Pipe.Spool;

namespace Collector.App.Commands;

/// <summary>One call of a spool command: where things are, and where to write.</summary>
internal sealed class SpoolCall(CollectorConfig config, ParseResult arguments, TimeProvider clock)
{
    /// <summary>The table of a command that takes one; all tables where it is left out.</summary>
    public static Argument<string?> TableArgument() => new("TABLE") { Description = "The table; all of them where it is left out.", Arity = ArgumentArity.ZeroOrOne };

    public CollectorConfig Config => config;

    public ParseResult Arguments => arguments;

    public TimeProvider Clock => clock;

    public TextWriter Output => arguments.InvocationConfiguration.Output;

    public TextWriter Error => arguments.InvocationConfiguration.Error;

    public string QuarantineFolder => Path.Combine(config.Options.DataDir, Quarantine.Folder);

    public SpoolView Look() => SpoolView.Open(config.Options.Spool.Directory);

    /// <summary>The logs to be looked at; null, and told, when the one that is asked for is not there.</summary>
    public IReadOnlyList<TableView>? Tables(SpoolView spool, string? table)
    {
        TableView[] found = [.. spool.Tables.Where(view => table is null || view.Table == table)];
        if (table is null || found.Length > 0)
        {
            return found;
        }

        Error.WriteLine($"The spool holds no table {table}. {Known(spool.Tables.Select(view => view.Table))}");
        return null;
    }

    /// <summary>The tables that have rows in quarantine; null, and told, when the one that is asked for has none.</summary>
    public IReadOnlyList<string>? Quarantined(string? table)
    {
        IReadOnlyList<string> all = QuarantineFile.Tables(QuarantineFolder);
        if (table is null || all.Contains(table, StringComparer.Ordinal))
        {
            return table is null ? all : [table];
        }

        Error.WriteLine($"The quarantine holds no row of {table}. {Known(all)}");
        return null;
    }

    public int Fail(string reason)
    {
        Error.WriteLine(reason);
        return ExitCode.Failure;
    }

    /// <param name="total">Bytes to be read.</param>
    public ProgressLine Progress(long total) => ProgressLine.OfBytes(Error, Terminal.IsOn(Error), clock).Begin("spool", total);

    private static string Known(IEnumerable<string> tables) =>
        string.Join(", ", tables) is { Length: > 0 } names ? $"There are: {names}." : "There is none.";
}
