using System.CommandLine;
using Collector.Capabilities;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.App.Commands;

/// <summary><c>collector schema plan</c> and <c>apply</c>: the schema files held against the store, and mended.</summary>
internal static class SchemaCommand
{
    public static Command Create()
    {
        var plan = new ExplainedCommand(
            "plan",
            "Tell what differs between the schema files and the store. Changes nothing.",
            """
            One line a difference: + is mended by `collector schema apply` and by `collector run`, with the statement below it;
            ! has to be mended by hand, and says how. A shorter TTL is set too, and deletes the rows that are older: the schema
            file decides how long rows are kept.

            Example:
              collector schema plan --config collector.yaml

            Exit codes: 0 nothing is to be mended by hand; 1 something is, or the store cannot be asked; 2 bad configuration.
            """);
        plan.SetAction((config, arguments, cancellation) => PlanAsync(config, arguments.InvocationConfiguration.Output, cancellation));
        var apply = new ExplainedCommand(
            "apply",
            "Make missing tables and columns, set TTLs and keys: all that loses no row.",
            """
            What would lose rows is left alone, and it says how to do it by hand. `collector run` does the same for each table
            before its first rows: this is for those who want it done, or seen, beforehand.

            Example:
              collector schema apply --config collector.yaml

            Exit codes: 0 every table is as its file says; 1 one is not, or the store cannot be asked; 2 bad configuration.
            """);
        apply.SetAction((config, arguments, cancellation) => ApplyAsync(config, arguments.InvocationConfiguration.Output, cancellation));
        return new Command("schema", "Hold the schema files against the store.") { plan, apply };
    }

    /// <returns>1 when the store cannot be asked, or a table has to be mended by hand; else 0.</returns>
    private static async Task<int> PlanAsync(CollectorConfig config, TextWriter output, CancellationToken cancellationToken)
    {
        await using IStore store = Open(config);
        if (await ChangesAsync(store, config.Tables, output, cancellationToken) is not { } changes)
        {
            return ExitCode.Failure;
        }

        foreach (SchemaChange change in changes)
        {
            await output.WriteLineAsync($"{Mark(change)} {change}");
            if (change.Statement is { } statement)
            {
                await output.WriteLineAsync($"      {statement}");
            }
        }

        int toDo = changes.Count(change => change.Statement is not null);
        int refused = changes.Count(change => change.IsRefused);
        await output.WriteLineAsync((toDo, refused) switch
        {
            (0, 0) => $"{store.Description} is as the schema files say.",
            (_, 0) => $"{toDo} to mend; `collector schema apply` does, and so does `collector run`.",
            _ => $"{toDo} to mend, {refused} to be mended by hand (marked with !).",
        });
        return refused > 0 ? ExitCode.Failure : ExitCode.Success;
    }

    /// <returns>1 when the store cannot be asked, or a table is not as its file says afterwards; else 0.</returns>
    private static async Task<int> ApplyAsync(CollectorConfig config, TextWriter output, CancellationToken cancellationToken)
    {
        await using IStore store = Open(config);
        if (await ChangesAsync(store, config.Tables, output, cancellationToken) is not { } changes)
        {
            return ExitCode.Failure;
        }

        bool failed = false;
        foreach (Table table in config.Tables.Where(table => changes.Any(change => change.Table == table.Name && (change.Statement is not null || change.IsRefused))))
        {
            Outcome outcome = await store.PrepareAsync(table, cancellationToken);
            failed |= outcome is not Outcome.Accepted;
            foreach (SchemaChange change in changes.Where(change => change.Table == table.Name && outcome is Outcome.Accepted))
            {
                await output.WriteLineAsync($"{Mark(change)} {change}");
            }

            if (outcome.Problem is { } problem)
            {
                await output.WriteLineAsync($"! {problem}");
            }
        }

        foreach (SchemaChange view in (await ChangesAsync(store, config.Tables, output, cancellationToken) ?? []).Where(change => change.Kind == SchemaChangeKind.CreateView))
        {
            failed = true;
            await output.WriteLineAsync($"! {view.Table}: cannot {view.Description}; run it in the database to see why: {view.Statement}");
        }

        await output.WriteLineAsync(failed ? "Not everything is as its schema file says (marked with !)." : $"{store.Description} is as the schema files say.");
        return failed ? ExitCode.Failure : ExitCode.Success;
    }

    private static async Task<IReadOnlyList<SchemaChange>?> ChangesAsync(IStore store, TableCatalog tables, TextWriter output, CancellationToken cancellationToken)
    {
        Outcome reached = await store.ReachAsync(cancellationToken);
        StorePlan plan = reached is Outcome.Accepted ? await store.PlanAsync(tables, cancellationToken) : new StorePlan([], reached);
        if (plan.Failure is null)
        {
            return plan.Changes;
        }

        await output.WriteLineAsync($"! {plan.Failure.Problem}");
        return null;
    }

    private static char Mark(SchemaChange change) => change switch
    {
        { IsRefused: true } => '!',
        { Statement: null } => ' ',
        _ => '+',
    };

    private static IStore Open(CollectorConfig config) => CollectorHost.Store(config.Options.Store, NullLoggerFactory.Instance);
}
