using System.Diagnostics;
using Collector.IntegrationTests.Support;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Settings;
using Collector.Stores.QuestDb;
using Microsoft.Extensions.Logging.Abstractions;
using QuestDbOptions = Collector.Stores.QuestDb.QuestDbOptions;

namespace Collector.IntegrationTests.Stores;

/// <summary>A server of the test's own, which is stopped, frozen and asked with a wrong password.</summary>
public sealed class QuestDbAwayTests
{
    private static readonly Table Table =
        SchemaReader.Read("t.sql", "CREATE TABLE t (ts TIMESTAMP, k SYMBOL, n LONG) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)", [])!;

    private static readonly Table Missing =
        SchemaReader.Read("u.sql", "CREATE TABLE u (ts TIMESTAMP, k SYMBOL, n LONG) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)", [])!;

    private static readonly Batch Rows = new(Table, "t,k=a n=1i 1700000000000000000\n"u8.ToArray(), 1);

    [SkippableFact]
    public async Task WriteAsync_ServerFrozenStoppedAndBack_IsUnknownThenRetryThenAccepted()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        await using QuestDbServer server = await QuestDbServer.StartAsync();
        await using QuestDbStore store = Open(new QuestDbOptions { Url = server.Url, RequestTimeout = TimeSpan.FromSeconds(2) });
        await EventuallyAcceptedAsync(() => store.PrepareAsync(Table, default));
        await EventuallyAcceptedAsync(() => store.WriteAsync(Rows, default));

        server.Pause();
        var clock = Stopwatch.StartNew();
        Assert.Contains("within 2 s", Assert.IsType<Outcome.Unknown>(await store.WriteAsync(Rows, default)).Reason, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(20));
        Assert.IsType<Outcome.Retry>(await store.PrepareAsync(Table, default));
        server.Resume();
        await EventuallyAcceptedAsync(() => store.WriteAsync(Rows, default));

        await server.StopAsync();
        Assert.Contains("cannot be reached", Assert.IsType<Outcome.Retry>(await store.WriteAsync(Rows, default)).Reason, StringComparison.Ordinal);
        Assert.IsType<Outcome.Retry>(await store.PrepareAsync(Table, default));

        await server.StartAgainAsync();
        await EventuallyAcceptedAsync(() => store.PrepareAsync(Table, default));
        await EventuallyAcceptedAsync(() => store.WriteAsync(Rows, default));
        await server.ExecUntilAsync("SELECT n FROM t", answer => answer.Rows.Count == 1, TimeSpan.FromSeconds(30));
    }

    [SkippableFact]
    public async Task PrepareAsync_WrongPassword_IsHaltedAndTheRightOneIsAccepted()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        await using QuestDbServer server = await QuestDbServer.StartAsync(new Collector.IntegrationTests.Support.QuestDbOptions { Username = "collector", Password = "päss:wörd" });

        foreach (QuestDbOptions wrong in (QuestDbOptions[])
                 [
                     new() { Url = server.Url },
                     new() { Url = server.Url, Username = "collector", Password = new Secret("secret-guess") },
                     new() { Url = server.Url, Token = new Secret("secret-token") },
                 ])
        {
            await using QuestDbStore refused = Open(wrong);
            foreach (Outcome outcome in (Outcome[])[await refused.PrepareAsync(Table, default), await refused.WriteAsync(Rows, default)])
            {
                string text = Assert.IsType<Outcome.Halted>(outcome).Reason;
                Assert.Contains("refused authentication", text, StringComparison.Ordinal);
                Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
            }
        }

        await using QuestDbStore right = Open(new QuestDbOptions { Url = server.Url, Username = "collector", Password = new Secret("päss:wörd") });
        Assert.Equal(Outcome.Accepted.Instance, await right.PrepareAsync(Table, default));
        Assert.Equal(Outcome.Accepted.Instance, await right.WriteAsync(Rows, default));
    }

    [SkippableFact]
    public async Task PrepareAsync_ReadOnlyServer_IsToldAsThatAndDoneOnceItTakesRows()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal);
        await using QuestDbServer server = await QuestDbServer.StartAsync(new Collector.IntegrationTests.Support.QuestDbOptions { Settings = settings });
        await server.ExecAsync("CREATE TABLE t (ts TIMESTAMP, k SYMBOL) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)");
        await server.StopAsync();
        settings["QDB_READONLY"] = "true";
        await server.StartAgainAsync();
        await using QuestDbStore store = Open(new QuestDbOptions { Url = server.Url });

        foreach (Table wanting in (Table[])[Table, Missing]) // a column to add, a table to make
        {
            string told = Assert.IsType<Outcome.Retry>(await store.PrepareAsync(wanting, default)).Reason;
            Assert.Contains("is read-only and refuses", told, StringComparison.Ordinal);
            Assert.DoesNotContain("password", told, StringComparison.Ordinal);
        }

        await server.StopAsync();
        settings["QDB_READONLY"] = "false";
        await server.StartAgainAsync();
        Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(Table, default));
        Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(Missing, default));
    }

    private static QuestDbStore Open(QuestDbOptions options) => new(options, TimeProvider.System, NullLogger<QuestDbStore>.Instance);

    /// <summary>On a busy machine a healthy server may miss a short deadline; only accepted ends the wait.</summary>
    private static async Task EventuallyAcceptedAsync(Func<Task<Outcome>> attempt)
    {
        Outcome last = await attempt();
        for (int i = 0; i < 20 && last is not Outcome.Accepted; i++)
        {
            last = await attempt();
        }

        Assert.Equal(Outcome.Accepted.Instance, last);
    }
}
