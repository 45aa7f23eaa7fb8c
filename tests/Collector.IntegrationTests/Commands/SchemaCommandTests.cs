using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Commands;

/// <summary><c>collector schema plan</c> and <c>apply</c> on a database that somebody has changed.</summary>
public sealed class SchemaCommandTests
{
    [SkippableFact]
    public async Task PlanAndApply_DatabaseThatDrifted_TellAndMendWhatLosesNothing()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        await using QuestDbServer server = await QuestDbServer.StartAsync();
        using var command = new CollectorCommand(CollectorCommand.QuestDb(server.Url));
        await using ChildProcess made = await command.CallAsync("schema", "apply");
        Assert.Equal(0, made.ExitCode);

        await server.ExecAsync("ALTER TABLE host_metrics SET TTL 30 DAYS");
        await server.ExecAsync("ALTER TABLE trading_metrics SET TTL 0 HOURS");
        await server.ExecAsync("ALTER TABLE daemon_metrics DROP COLUMN open_files");
        await server.ExecAsync("ALTER TABLE data_gaps DEDUP DISABLE");
        await server.ExecUntilAsync(
            "SELECT ttlValue FROM tables() WHERE (table_name = 'host_metrics' AND ttlValue = 30) OR (table_name = 'trading_metrics' AND ttlValue = 0) OR (table_name = 'data_gaps' AND NOT dedup)",
            answer => answer.Rows.Count == 3, CollectorProcess.Soon);
        await server.ExecUntilAsync("SELECT * FROM table_columns('daemon_metrics') WHERE \"column\" = 'open_files'", answer => answer.Rows.Count == 0, CollectorProcess.Soon);

        await using ChildProcess plan = await command.CallAsync("schema", "plan");
        Assert.Equal(0, plan.ExitCode);
        Assert.Equal(
            """
            + daemon_metrics: add the column open_files LONG
                  ALTER TABLE "daemon_metrics" ADD COLUMN IF NOT EXISTS "open_files" LONG
            + data_gaps: set the dedup keys timestamp, gap_id, exchange, symbol, data_type, host, env
                  ALTER TABLE "data_gaps" DEDUP ENABLE UPSERT KEYS("timestamp", "gap_id", "exchange", "symbol", "data_type", "host", "env")
            + host_metrics: change the TTL from 30 DAYS to 90 DAYS
                  ALTER TABLE "host_metrics" SET TTL 90 DAYS
            + trading_metrics: change the TTL to 365 DAYS, which deletes older rows at once
                  ALTER TABLE "trading_metrics" SET TTL 365 DAYS
            4 to mend; `collector schema apply` does, and so does `collector run`.
            """,
            plan.Output);

        await using ChildProcess apply = await command.CallAsync("schema", "apply");
        Assert.Equal(0, apply.ExitCode);
        Assert.Contains("+ host_metrics: change the TTL from 30 DAYS to 90 DAYS", apply.Output, StringComparison.Ordinal);
        await server.ExecUntilAsync(
            "SELECT ttlValue FROM tables() WHERE (table_name = 'host_metrics' AND ttlValue = 90) OR (table_name = 'trading_metrics' AND ttlValue > 0) OR (table_name = 'data_gaps' AND dedup)",
            answer => answer.Rows.Count == 3, CollectorProcess.Soon);
        await using ChildProcess after = await command.CallAsync("schema", "plan");
        Assert.Equal(0, after.ExitCode);
        Assert.EndsWith("is as the schema files say.", after.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task PlanAndApply_TableOfAnotherType_LeaveItAndSayWhatToDo()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        await using QuestDbServer server = await QuestDbServer.StartAsync();
        using var command = new CollectorCommand(CollectorCommand.QuestDb(server.Url));
        await server.ExecAsync("CREATE TABLE host_metrics (timestamp TIMESTAMP, host SYMBOL, env SYMBOL, cpu_percent LONG) TIMESTAMP(timestamp) PARTITION BY DAY TTL 90 DAYS WAL DEDUP UPSERT KEYS(timestamp, host, env)");

        await using ChildProcess plan = await command.CallAsync("schema", "plan");
        Assert.Equal(1, plan.ExitCode);
        Assert.Contains("! host_metrics: has the column cpu_percent as LONG, the schema file says DOUBLE; give the column another name", plan.Output, StringComparison.Ordinal);
        Assert.Contains("to be mended by hand (marked with !).", plan.Output, StringComparison.Ordinal);

        await using ChildProcess apply = await command.CallAsync("schema", "apply");
        Assert.Equal(1, apply.ExitCode);
        Assert.Contains("+ daemon_metrics: create the table", apply.Output, StringComparison.Ordinal);
        Assert.Matches("(?m)^! .*host_metrics: has the column cpu_percent as LONG", apply.Output);
        Assert.Empty((await server.ExecAsync("SELECT * FROM table_columns('host_metrics') WHERE \"column\" = 'load1'")).Rows);
    }
}
