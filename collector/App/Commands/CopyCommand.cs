using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Collector.App.Copy;
using Collector.Capabilities;
using Collector.Settings;
using Collector.Stores.QuestDb;
using Collector.Stores.Sqlite;
using Microsoft.Data.Sqlite;

namespace Collector.App.Commands;

/// <summary><c>collector copy</c>: what SQLite gathered, over to QuestDB.</summary>
internal static class CopyCommand
{
    private static readonly Option<string?> From = new("--from") { Description = "The SQLite file. Default: store.sqlite.path of the configuration.", HelpName = "FILE" };

    private static readonly Option<Uri?> To = new("--to") { Description = "QuestDB's HTTP address. Default: store.questdb.url; the login is that of store.questdb.", HelpName = "URL", CustomParser = Address };

    private static readonly Option<string[]> Table = new("--table") { Description = "Only this table; may be given several times.", HelpName = "TABLE" };

    private static readonly Option<DateTimeOffset?> Since = new("--since") { Description = "Only rows from this time on: ISO 8601, UTC where it names no offset.", HelpName = "TIME", CustomParser = Time };

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Read and check every row, and write nothing." };

    private static readonly Option<bool> WithoutKeys = new("--without-keys") { Description = "Also tables without dedup keys, whose rows a second copy doubles." };

    private static readonly Option<TimeSpan> Patience = new("--patience")
    {
        Description = "How long a batch that does not get through is tried again, and rows that do not show are waited for: 1s to 1h.",
        HelpName = "TIME",
        DefaultValueFactory = _ => TimeSpan.FromMinutes(1),
        CustomParser = Duration,
    };

    public static Command Create()
    {
        var command = new ExplainedCommand(
            "copy",
            "Move what SQLite gathered over to QuestDB.",
            """
            Copies table by table, oldest rows first, values as they are. The file is only read; a collector may go on with
            either store meanwhile. Copying twice adds nothing: rows with equal time and keys are one. At the end the database's
            rows are counted. A row that cannot be stored is told with its place and costs no other.

            Examples:
              collector copy --dry-run                        what would be copied, and which rows cannot be
              collector copy                                  store.sqlite.path to store.questdb.url
              collector copy --from data/collector.db --to http://127.0.0.1:9000 --table host_metrics --since 2026-01-01

            Exit codes: 0 every row is there (those older than their table's TTL are left out); 1 some are not, or nothing could
            be copied; 2 bad configuration or command line.
            """) { From, To, Table, Since, DryRun, WithoutKeys, Patience };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(CollectorConfig config, ParseResult arguments, CancellationToken cancellationToken)
    {
        CollectorOptions options = config.Options;
        TextWriter error = arguments.InvocationConfiguration.Error;
        var order = new CopyOrder(
            arguments.GetValue(From) ?? options.Store.Sqlite.Path, arguments.GetValue(Table) ?? [], arguments.GetValue(Since), arguments.GetValue(DryRun), arguments.GetValue(WithoutKeys));
        if (order.Tables.FirstOrDefault(name => !config.Tables.TryGet(name, out _)) is { } unknown)
        {
            await error.WriteLineAsync($"There is no schema file for the table {unknown}; there are {string.Join(", ", config.Tables)}.");
            return ExitCode.BadConfiguration;
        }

        if (!File.Exists(order.From))
        {
            await error.WriteLineAsync($"There is no file {order.From}. Give the SQLite file with --from.");
            return ExitCode.Failure;
        }

        using var signals = new Interruption(cancellationToken);
        QuestDbOptions questDb = options.Store.QuestDb;
        await using var target = new CopyTarget(questDb with { Url = arguments.GetValue(To) ?? questDb.Url }, options.Delivery, arguments.GetValue(Patience), TimeProvider.System);
        return await CopyAsync(order, config, target, arguments.InvocationConfiguration, signals.Token);
    }

    private static async Task<int> CopyAsync(CopyOrder order, CollectorConfig config, CopyTarget target, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        TextWriter output = console.Output;
        try
        {
            using var file = new SqliteFile(order.From);
            if (!order.DryRun && await target.ProblemAsync(cancellationToken) is { } problem)
            {
                await console.Error.WriteLineAsync($"Nothing was copied: {problem}. `collector doctor` says more where store.type is questdb.");
                return ExitCode.Failure;
            }

            await output.WriteLineAsync($"From {order.From} to {target.Description}{(order.DryRun ? ", as a rehearsal" : "")}:");
            using var progress = ProgressLine.OfRows(output, Terminal.IsOn(output), TimeProvider.System);
            bool isWhole = await new CopyRun(order, config.Tables, config.Options.Delivery, target, progress, output, TimeProvider.System).RunAsync(file, cancellationToken);
            await output.WriteLineAsync(isWhole ? "Done." : "Not everything was copied (marked with !).");
            return isWhole ? ExitCode.Success : ExitCode.Failure;
        }
        catch (SqliteException exception)
        {
            await console.Error.WriteLineAsync($"{order.From} cannot be read: {exception.Message} Is it the collector's SQLite file, and may {Environment.UserName} read it and its folder?");
            return ExitCode.Failure;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await console.Error.WriteLineAsync("Interrupted before anything was copied.");
            return ExitCode.Failure;
        }
    }

    private static Uri? Address(ArgumentResult argument) => Read<Uri>(argument, WebAddress.Parse, WebAddress.Expected);

    private static TimeSpan Duration(ArgumentResult argument)
    {
        TimeSpan time = Read<TimeSpan>(argument, Durations.Parse, Durations.Expected);
        if (time < TimeSpan.FromSeconds(1) || time > TimeSpan.FromHours(1))
        {
            argument.AddError("--patience is from 1s to 1h.");
        }

        return time;
    }

    private static DateTimeOffset? Time(ArgumentResult argument)
    {
        string text = argument.Tokens[0].Value;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
        {
            return time;
        }

        argument.AddError($"--since {text} is no time; write it as 2026-01-31 or 2026-01-31T12:00:00Z.");
        return null;
    }

    private static T? Read<T>(ArgumentResult argument, Func<string, Parsed> parse, string expected)
    {
        string text = argument.Tokens[0].Value;
        Parsed parsed = parse(text);
        if (parsed.Value is T value)
        {
            return value;
        }

        argument.AddError($"{WebAddress.Masked(text)} {parsed.Problem}; {expected}.");
        return default;
    }
}
