using Collector.Delivery;
using Collector.Tables;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.Hosting;

/// <summary><c>collector schema plan</c> and <c>apply</c>: the schema files held against the store, and mended.</summary>
internal static class SchemaCommand
{
    /// <returns>1 when the store cannot be asked, or a table has to be mended by hand; else 0.</returns>
    public static async Task<int> PlanAsync(CollectorConfig config, TextWriter output, CancellationToken cancellationToken)
    {
        await using IStore store = Open(config);
        if (await ChangesAsync(store, config.Tables, output, cancellationToken) is not { } changes)
        {
            return Commands.Failure;
        }

        foreach (SchemaChange change in changes)
        {
            await output.WriteLineAsync($"{Mark(change)} {change}");
        }

        int toDo = changes.Count(change => change.Statement is not null);
        int refused = changes.Count(change => change.IsRefused);
        await output.WriteLineAsync((toDo, refused) switch
        {
            (0, 0) => $"{store.Description} is as the schema files say.",
            (_, 0) => $"{toDo} to mend; `collector schema apply` does, and so does `collector run`.",
            _ => $"{toDo} to mend, {refused} to be mended by hand (marked with !).",
        });
        return refused > 0 ? Commands.Failure : Commands.Success;
    }

    /// <returns>1 when the store cannot be asked, or a table is not as its file says afterwards; else 0.</returns>
    public static async Task<int> ApplyAsync(CollectorConfig config, TextWriter output, CancellationToken cancellationToken)
    {
        await using IStore store = Open(config);
        if (await ChangesAsync(store, config.Tables, output, cancellationToken) is not { } changes)
        {
            return Commands.Failure;
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

        await output.WriteLineAsync(failed ? "Not every table is as its schema file says (marked with !)." : $"{store.Description} is as the schema files say.");
        return failed ? Commands.Failure : Commands.Success;
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
