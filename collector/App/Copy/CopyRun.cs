using System.Globalization;
using Collector.App.Commands;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Stores.Sqlite;

namespace Collector.App.Copy;

/// <summary>What is to be copied, and how.</summary>
/// <param name="Tables">Names; empty means all that the file has.</param>
/// <param name="WithoutKeys">Tables without dedup keys too, of which a second copy makes doubles.</param>
internal sealed record CopyOrder(string From, IReadOnlyList<string> Tables, DateTimeOffset? Since, bool DryRun, bool WithoutKeys);

/// <summary>Copies the tables of a SQLite file one after the other, and tells what became of each.</summary>
internal sealed class CopyRun(CopyOrder order, TableCatalog tables, DeliveryOptions delivery, CopyTarget target, ProgressLine progress, TextWriter output, TimeProvider clock)
{
    private readonly long _since = order.Since is { } since ? TimeWindow.Micros(since) : 0;

    /// <returns>Whether every row of every table that was asked for is where it should be.</returns>
    public async Task<bool> RunAsync(SqliteFile file, CancellationToken cancellationToken)
    {
        foreach (string unknown in file.TableNames.Where(name => order.Tables.Count == 0 && !tables.TryGet(name, out _)))
        {
            await output.WriteLineAsync($"{unknown}: left alone, there is no schema file {unknown}.sql");
        }

        Table[] all = [.. tables.Where(table => file.Has(table) && (order.Tables.Count == 0 || order.Tables.Contains(table.Name, NameComparer.Instance)))];
        bool isWhole = true;
        for (int i = 0; i < all.Length; i++)
        {
            TableReport report = Refusal(file, all[i]) is { } refusal ? new TableReport(all[i]) { Failure = refusal } : await CopyAsync(file, all[i], cancellationToken);
            progress.Clear();
            await output.WriteLineAsync(await DescribeAsync(report, cancellationToken));
            isWhole &= report.IsWhole;
            if (cancellationToken.IsCancellationRequested)
            {
                await output.WriteLineAsync(GoOn(report, all[(i + 1)..]));
                return false;
            }
        }

        return isWhole;
    }

    private async Task<TableReport> CopyAsync(SqliteFile file, Table table, CancellationToken cancellationToken)
    {
        var copy = new TableCopy(file, table, _since, delivery, clock) { BadRow = Tell, Progress = progress };
        return order.DryRun
            ? await copy.RunAsync(null, null, cancellationToken)
            : await copy.RunAsync(target.SenderOf(table), (copied, from, to) => target.CountAsync(table, copied, from, to, cancellationToken), cancellationToken);

        void Tell(string bad)
        {
            progress.Clear();
            output.WriteLine($"! {bad}");
        }
    }

    private string? Refusal(SqliteFile file, Table table) => table.Keys.Length == 0 && !order.WithoutKeys
        ? "not copied: it has no dedup keys, so that copying twice would double its rows; give --without-keys to copy it all the same"
        : file.Problem(table) is { } problem ? $"not copied: {problem}" : null;

    private async Task<string> DescribeAsync(TableReport report, CancellationToken cancellationToken)
    {
        string rows = string.Create(CultureInfo.InvariantCulture, $"{report.Copied:N0} rows {(order.DryRun ? "would be copied" : "copied")}");
        string left = string.Concat(
            report.TooOld > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {report.TooOld:N0} left out, older than the {report.Table.Ttl} that the table keeps") : "",
            report.Bad > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {report.Bad:N0} bad, told above") : "");
        if (report.Failure is { } failure)
        {
            return $"! {report.Table}: {(report.Copied > 0 ? rows + left + "; then " : "")}{failure}";
        }

        if (report.Found is null || report.Found >= report.Copied)
        {
            return $"  {report.Table}: {rows}{left}{Counted(report)}";
        }

        string why = await target.SuspensionAsync(report.Table, cancellationToken) ?? "copy again, or see its log for what it did not apply";
        return string.Create(CultureInfo.InvariantCulture, $"! {report.Table}: {rows}{left}, and {target.Description} shows {report.Found:N0} of them: {why}");
    }

    private static string Counted(TableReport report) => report.Found switch
    {
        null => "",
        { } found when found == report.Copied => string.Create(CultureInfo.InvariantCulture, $"; the database shows {found:N0} from the first to the last"),
        { } found => string.Create(CultureInfo.InvariantCulture, $"; the database shows {found:N0} from the first to the last, {found - report.Copied:N0} of them from elsewhere"),
    };

    private static string GoOn(TableReport report, Table[] rest)
    {
        string since = report.Last is { } last ? $" --since {TimeWindow.Text(last)}" : "";
        string others = rest.Length == 0 ? "" : $" and then {string.Concat(rest.Select(table => $" --table {table}")).Trim()}";
        return $"Interrupted. Copying again is safe: rows that are there are not doubled. To go on from here: --table {report.Table}{since}{others}";
    }
}
