using System.Globalization;
using System.Text.Json;
using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Gateway;

/// <summary>Unmodified clients of InfluxDB 1 and 2 write what only their dialect says; the values are then read from a real QuestDB.</summary>
[Collection(SharedQuestDb.Collection)]
public sealed class InfluxClientTests(SharedQuestDb database, ForeignClients clients) : IClassFixture<ForeignClients>
{
    private const string Token = "t0ken";
    private const string Traceback = "Traceback:\n  File \"C:\\bots\\run.py\"\nValueError: stale\\";

    private static readonly TimeSpan Soon = CollectorProcess.Soon;

    [SkippableFact]
    public async Task Write_InfluxDb2sNodeClient_HostileValues_AreInTheDatabaseAsTheyWere()
    {
        await using CollectorProcess collector = await StartAsync();
        string table = SharedQuestDb.UniqueName("influx2");

        await clients.RunNodeAsync("influxdb-hostile.mjs", $"http://127.0.0.1:{collector.GatewayPort}", Token, table);

        await AssertAsync(table, 4, "unsigned", "\"bucket_1\", most", "[8,9223372036854775807]");
        await AssertAsync(table, 4, "lines", "msg", JsonSerializer.Serialize(new[] { Traceback.Replace("\nValue", "\r\nValue", StringComparison.Ordinal) }));
        await AssertAsync(table, 4, "names", "\"io_image_version\", \"0_99\", timestamp_, \"a b_c=d\"", """["1.2",80.1,7,1]""");
        await AssertAsync(table, 4, "D:\\ticks\\hot, \\d+=ü→日本😀", "up", "[true]");
        await AssertNothingIsBadAsync(collector);
    }

    [SkippableFact]
    public async Task Write_InfluxDb1sNodeClient_MakesItsDatabase_AndItsHostileValuesAreStored()
    {
        await using CollectorProcess collector = await StartAsync();
        string table = SharedQuestDb.UniqueName("influx1");

        await clients.RunNodeAsync("influx1.mjs", "127.0.0.1", collector.GatewayPort.ToString(CultureInfo.InvariantCulture), Token, table);

        await AssertAsync(table, 3, "lines", "msg", JsonSerializer.Serialize(new[] { Traceback }));
        await AssertAsync(table, 3, "names", "\"io_image_version\", \"file_max\", \"a b_c=d\"", """["1.2",3.5,1.0]""");
        await AssertAsync(table, 3, "D:\\ticks\\hot, \\d+=ü→日本😀", "up", "[true]");
        await AssertNothingIsBadAsync(collector);
    }

    /// <summary>Telegraf is not to be had here: its first request and a batch as its serializer writes it, by curl.</summary>
    [SkippableFact]
    public async Task Write_AsTelegrafDoes_IsInTheDatabase_AndThePasswordIsInNoLog()
    {
        await using CollectorProcess collector = await StartAsync("verbose");
        string table = SharedQuestDb.UniqueName("telegraf"), url = $"http://127.0.0.1:{collector.GatewayPort}";

        string made = await ForeignClients.CurlAsync("--user", $"any:{Token}", "--data-urlencode", "q=CREATE DATABASE \"telegraf\"", $"{url}/query");
        string code = await ForeignClients.CurlAsync(
            "--write-out", "%{http_code}", "--data-binary", $"{table},host=a,path=/ inodes_free=4u,used_percent=12.5 1700000000000000000\n", $"{url}/write?db=telegraf&u=any&p={Token}");
        string refused = await ForeignClients.CurlAsync("--write-out", "%{http_code}", "--data-binary", "x", $"{url}/write?db=telegraf&u=any&p=s3cret-and-wrong");

        Assert.Equal("""{"results":[{"statement_id":0}]}""", made);
        Assert.Equal("204", code);
        Assert.EndsWith("401", refused, StringComparison.Ordinal);
        QuestDbAnswer rows = await database.Client.ExecUntilAsync($"SELECT host, path, inodes_free, used_percent FROM {table}", found => found.Rows.Count == 1, Soon);
        Assert.Equal("""["a","/",4,12.5]""", JsonSerializer.Serialize(rows.Rows[0]));
        Assert.DoesNotContain(Token, collector.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret-and-wrong", collector.Output, StringComparison.Ordinal);
    }

    private async Task<CollectorProcess> StartAsync(string? level = null)
    {
        Skip.IfNot(QuestDb.Available(out string reason), reason);
        var collector = new CollectorProcess(CollectorProcess.QuestDb(database.Url));
        collector.Environment["COLLECTOR__GATEWAY__TOKEN"] = Token;
        if (level is not null)
        {
            collector.Environment["COLLECTOR__LOG__LEVEL"] = level;
        }

        await collector.StartReadyAsync();
        return collector;
    }

    private async Task AssertAsync(string table, int rows, string which, string columns, string expected)
    {
        await database.Client.ExecUntilAsync($"SELECT count() FROM {table}", answer => answer.Rows[0][0].GetInt32() == rows, Soon);
        QuestDbAnswer answer = await database.Client.ExecAsync($"SELECT {columns} FROM {table} WHERE \"case\" = '{which}'");
        Assert.Equal(expected, JsonSerializer.Serialize(Assert.Single(answer.Rows)), StringComparer.Ordinal);
    }

    private static async Task AssertNothingIsBadAsync(CollectorProcess collector)
    {
        MetricsText page = await collector.MetricsUntilAsync(metrics => metrics.Count("collector_rows_pending") == 0);
        Assert.Equal(0, page.Count("collector_gateway_lines_quarantined_total"));
        Assert.Equal(0, page.Count("collector_rows_quarantined_total"));
        Assert.Equal(0, page.Count("collector_ledger_remainder"));
    }
}
