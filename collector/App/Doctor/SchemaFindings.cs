using Collector.Capabilities;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;

namespace Collector.App.Doctor;

/// <summary>The schema files held against the store, as findings.</summary>
internal static class SchemaFindings
{
    private const string Check = "schema";

    public static async Task<IReadOnlyList<Finding>> OfAsync(IStore store, TableCatalog tables, CancellationToken cancellationToken)
    {
        StorePlan plan = await store.PlanAsync(tables, cancellationToken);
        if (plan.Failure is { } failure)
        {
            return [Finding.Fail(Check, failure.Problem!, "mend that first; `collector schema plan` asks again")];
        }

        List<Finding> findings = [.. plan.Changes.Where(change => change.IsRefused).Select(change => Finding.Fail(Check, $"{change.Table} {change.Description}", change.Advice))];
        string[] toDo = [.. plan.Changes.Where(change => change.Statement is not null).Select(change => $"{change.Table}: {change.Description}")];
        if (toDo.Length > 0)
        {
            string shown = string.Join("; ", toDo.Take(3)) + (toDo.Length > 3 ? $"; and {toDo.Length - 3} more" : "");
            findings.Add(Finding.Warn(Check, $"{toDo.Length} to mend: {shown}", "run `collector schema apply`; `collector run` does the same before a table's first batch"));
        }

        return findings.Count > 0 ? findings : [Finding.Ok(Check, $"{tables.Count} tables are as the schema files say: columns, keys, WAL, TTL")];
    }
}
