using System.Runtime.CompilerServices;
using Collector.Capabilities;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Stores.QuestDb;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.App.Doctor;

/// <summary>The QuestDB server: reached, new enough, logged in, writable; its tables shown and as their files say; its clock.</summary>
internal static class QuestDbChecks
{
    private const string Check = "database";

    /// <summary>A person waits for the answers.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Above this, a table of 500 columns takes 2 GB before its first row.</summary>
    private const long LargePages = 4 * 1024 * 1024;

    /// <summary>Above this, "the last five minutes" of a dashboard is another five minutes than the collector's.</summary>
    private static readonly TimeSpan NotableSkew = TimeSpan.FromSeconds(2);

    public static async IAsyncEnumerable<Finding> RunAsync(
        QuestDbOptions options, TableCatalog tables, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TimeSpan timeout = options.RequestTimeout < Patience ? options.RequestTimeout : Patience;
        await using var store = new QuestDbStore(options with { RequestTimeout = timeout }, clock, NullLogger<QuestDbStore>.Instance);
        Outcome reached = await store.ReachAsync(cancellationToken);
        StoreLook look = reached is Outcome.Accepted ? await store.LookAsync(tables, cancellationToken) : new StoreLook { Failure = reached };
        if (look.Failure is { } failure)
        {
            yield return Finding.Fail(Check, failure.Problem!, Advice(failure, options));
            yield break;
        }

        yield return look.IsReadOnly == true
            ? Finding.Fail(Check, $"{store.Description} is read-only and takes no rows", "set readonly=false in its server.conf (QDB_READONLY) and restart it; the rows wait in the spool")
            : Finding.Ok(Check, $"{store.Description} answers: version {look.Version ?? "not told"}, line protocol v2, {Login(options)}");
        foreach (Finding finding in Suspended(look).Concat(await SchemaFindings.OfAsync(store, tables, cancellationToken)))
        {
            yield return finding;
        }

        if (await store.AutoCreateAsync(cancellationToken) is { Count: > 0 } settings)
        {
            yield return Finding.Hint(
                "auto_create",
                $"{store.Description} makes tables and columns out of any line: one that is dropped comes back without dedup keys and TTL, until the collector has looked",
                $"where nobody but the collector writes to it, set {string.Join(" and ", settings.Select(setting => $"{setting}=false"))} in its server.conf");
        }

        if (await store.ColumnBytesAsync(cancellationToken) is { Bytes: > LargePages } pages)
        {
            yield return Finding.Hint(
                "page_size",
                $"{store.Description} takes {pages.Bytes >> 20} MiB of disk for each column before its first row ({pages.Settings})",
                "where disk counts, set both to 1m or so in its server.conf, as monitoring/questdb/server.conf does; they hold for all its tables");
        }

        yield return Clock(look.ClockSkew);
    }

    private static IEnumerable<Finding> Suspended(StoreLook look)
    {
        (string Key, TableLook Value)[] suspended = [.. look.Tables.Where(table => table.Value.IsSuspended == true).Select(table => (table.Key, table.Value))];
        return suspended.Length == 0
            ? [Finding.Ok("suspended", "no table is suspended")]
            : suspended.Select(table => Finding.Fail(
                "suspended",
                $"{table.Key} takes rows and shows none of them{(table.Value.Cause is { Length: > 0 } cause ? $": {cause}" : "")}",
                $"mend the cause in QuestDB's log, then run there: {table.Value.Remedy}"));
    }

    private static Finding Clock(TimeSpan? skew) => skew switch
    {
        null => Finding.Warn("clock", "the database's clock could not be read in time", "try again; a database under load answers late"),
        { } known when known.Duration() > NotableSkew => Finding.Warn(
            "clock",
            FormattableString.Invariant($"the database's clock is {known.Duration().TotalSeconds:0.0} s {(known > TimeSpan.Zero ? "ahead of" : "behind")} this machine's"),
            "synchronise both with a time server (chrony, systemd-timesyncd): rows are dated here, and \"now\" of a query is there"),
        { } small => Finding.Ok("clock", FormattableString.Invariant($"the database's clock and this machine's agree to {small.Duration().TotalSeconds:0.000} s")),
    };

    private static string Login(QuestDbOptions options) => options switch
    {
        { Token: not null } => "token taken",
        { Username.Length: > 0 } => $"login of {options.Username} taken",
        _ => "no login asked for",
    };

    private static string Advice(Outcome failure, QuestDbOptions options)
    {
        string problem = failure.Problem!;
        if (problem.Contains("authentication", StringComparison.Ordinal))
        {
            return "set store.questdb.username and password, or token, to what its server.conf (http.user, http.password) says";
        }

        if (problem.Contains("certificate", StringComparison.OrdinalIgnoreCase))
        {
            return $"use the name that the certificate is for, and name the certificate of who signed it with store.questdb.ca, or let this machine trust it (update-ca-certificates; SSL_CERT_FILE names another bundle)";
        }

        return failure is Outcome.Halted
            ? $"see that store.questdb.url, {options.Url}, is the HTTP address (port 9000) of a QuestDB 9.0 or newer"
            : $"start QuestDB, or set store.questdb.url to where it is; `curl -i {options.Url.GetLeftPart(UriPartial.Authority)}/ping` answers 204 when it is there";
    }
}
