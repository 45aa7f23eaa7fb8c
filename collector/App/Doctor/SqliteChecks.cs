using System.Runtime.CompilerServices;
using Collector.Capabilities;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Stores.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.App.Doctor;

/// <summary>The SQLite file. One that is not there is not made.</summary>
internal static class SqliteChecks
{
    private const string Check = "database";

    public static async IAsyncEnumerable<Finding> RunAsync(
        SqliteOptions options, TableCatalog tables, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!File.Exists(options.Path))
        {
            yield return Finding.Ok(Check, $"SQLite in {options.Path}: not there yet; `collector run` makes it");
            yield break;
        }

        if (Unwritable(options.Path) is { } reason)
        {
            yield return Finding.Fail(Check, $"SQLite in {options.Path} cannot be written by {Environment.UserName}: {reason}", $"give the file to the collector's user: chown {Environment.UserName} {options.Path}");
            yield break;
        }

        await using var store = new SqliteStore(options, clock, NullLogger<SqliteStore>.Instance);
        Outcome reached = await store.ReachAsync(cancellationToken);
        if (reached.Problem is { } problem)
        {
            yield return Finding.Fail(Check, problem, reached is Outcome.Retry ? "end the program that holds it, or wait for it; a full disk wants room" : "see that the file is the collector's own, and restore it or move it away");
            yield break;
        }

        yield return Finding.Ok(Check, $"{store.Description} opens and can be written");
        foreach (Finding finding in await SchemaFindings.OfAsync(store, tables, cancellationToken))
        {
            yield return finding;
        }
    }

    private static string? Unwritable(string file)
    {
        try
        {
            using var opened = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }
}
