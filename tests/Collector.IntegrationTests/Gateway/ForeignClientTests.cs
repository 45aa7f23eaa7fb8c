using System.Globalization;
using System.Text;
using System.Text.Json;
using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;
using Collector.Lines;

namespace Collector.IntegrationTests.Gateway;

/// <summary>Unmodified clients write to the gateway as they would to the database; the rows are then read from a real QuestDB.</summary>
[Collection(SharedQuestDb.Collection)]
public sealed class ForeignClientTests(SharedQuestDb database, ForeignClients clients) : IClassFixture<ForeignClients>
{
    private const string Token = "t0ken";
    private const int Rows = 1200;

    private static readonly TimeSpan Soon = CollectorProcess.Soon;

    [SkippableTheory]
    [InlineData("")]
    [InlineData("stdlib_http=on;")]
    [InlineData("protocol_version=1;")]
    public async Task Write_QuestDbsNodeClient_IsInTheDatabase(string more)
    {
        await using CollectorProcess collector = await StartAsync();
        string table = SharedQuestDb.UniqueName("node");

        await clients.RunNodeAsync("questdb.mjs", $"http::addr=127.0.0.1:{collector.GatewayPort};token={Token};auto_flush_rows=500;{more}", table, $"{Rows}");

        await AssertRowsAsync(collector, table, "a b,c=d\\e", "quoted \"x\"\nand a second line");
        await AssertArraysAsync(table, more);
    }

    [SkippableTheory]
    [InlineData("")]
    [InlineData("protocol_version=1;")]
    public async Task Write_QuestDbsJavaClient_IsInTheDatabase(string more)
    {
        await using CollectorProcess collector = await StartAsync();
        string table = SharedQuestDb.UniqueName("java");

        await clients.RunJavaAsync($"http::addr=127.0.0.1:{collector.GatewayPort};username=any;password={Token};auto_flush_rows=500;{more}", table, $"{Rows}");

        await AssertRowsAsync(collector, table, "a b,c=d\\e", "quoted \"x\"\nand a second line");
        await AssertArraysAsync(table, more);
    }

    [SkippableFact]
    public async Task Write_InfluxDbsNodeClient_IsInTheDatabase()
    {
        await using CollectorProcess collector = await StartAsync();
        string table = SharedQuestDb.UniqueName("influx");

        await clients.RunNodeAsync("influxdb.mjs", $"http://127.0.0.1:{collector.GatewayPort}", Token, table, $"{Rows}");

        await AssertRowsAsync(collector, table, odd: null, "quoted \"x\"");
    }

    [SkippableFact]
    public async Task Write_Curl_IsInTheDatabase_AndTellsOfTheBadLine()
    {
        await using CollectorProcess collector = await StartAsync();
        string table = SharedQuestDb.UniqueName("curl");

        string answer = await ForeignClients.CurlAsync(
            "--include", "--header", $"Authorization: Bearer {Token}", "--data-binary", $"{table},symbol=ETH price=1.5,number=3i\n{table} price=oops\n",
            $"http://127.0.0.1:{collector.GatewayPort}/write");

        Assert.StartsWith("HTTP/1.1 204 ", answer, StringComparison.Ordinal);
        Assert.Contains("X-Quarantined: 1", answer, StringComparison.Ordinal);
        QuestDbAnswer rows = await database.Client.ExecUntilAsync($"SELECT symbol, price, number FROM {table}", found => found.Rows.Count == 1, Soon);
        Assert.Equal("""["ETH",1.5,3]""", JsonSerializer.Serialize(rows.Rows[0]));
    }

    [SkippableFact]
    public async Task Write_KilledAfterTheAnswer_DeliversTheMadeTableAfterTheRestart()
    {
        string table = SharedQuestDb.UniqueName("killed");
        string port = FreePort.Next().ToString(CultureInfo.InvariantCulture);
        await using CollectorProcess collector = await StartAsync(new Uri($"http://127.0.0.1:{port}"));
        string[] bearer = ["--header", $"Authorization: Bearer {Token}"];

        string answer = await ForeignClients.CurlAsync(
            [.. bearer, "--write-out", "%{http_code}", "--data-binary", $"{table},symbol=ETH price=1.5\n{table} more=2i\n", $"http://127.0.0.1:{collector.GatewayPort}/write"]);
        await collector.EndAsync(UnixSignal.Kill);
        collector.Environment["COLLECTOR__STORE__QUESTDB__URL"] = database.Url.ToString();
        await collector.StartReadyAsync();

        Assert.Equal("204", answer);
        QuestDbAnswer rows = await database.Client.ExecUntilAsync($"SELECT symbol, price, more FROM {table}", found => found.Rows.Count == 2, Soon);
        Assert.Equal(["""["ETH",1.5,null]""", "[null,null,2]"], rows.Rows.Select(row => JsonSerializer.Serialize(row)), StringComparer.Ordinal);
    }

    [SkippableFact]
    public async Task Write_TableThatIsThereWithOtherTypes_CostsOneRowForEachValueThatDoesNotFit()
    {
        await using CollectorProcess collector = await StartAsync();
        string other = SharedQuestDb.UniqueName("other");
        await database.Client.ExecAsync($"CREATE TABLE {other} (timestamp TIMESTAMP, price LONG, id UUID) TIMESTAMP(timestamp) PARTITION BY DAY WAL");

        string answer = await ForeignClients.CurlAsync(
            "--include", "--header", $"Authorization: Bearer {Token}", "--data-binary", $"{other} price=1.5\n{other} price=2i\n{other} price=3i,id=\"none\"\n",
            $"http://127.0.0.1:{collector.GatewayPort}/write");

        Assert.StartsWith("HTTP/1.1 204 ", answer, StringComparison.Ordinal);
        Assert.Contains("X-Quarantined: 1", answer, StringComparison.Ordinal); // the type alone rules the first one out
        await database.Client.ExecUntilAsync($"SELECT price FROM {other}", found => found.Rows.Count == 1, Soon);
        MetricsText page = await collector.MetricsUntilAsync(metrics => metrics.Count("collector_rows_quarantined_total", $"table=\"{other}\"") == 1);
        Assert.Equal(0, page.Count("collector_rows_pending", $"table=\"{other}\""));
        Assert.Equal(200, (await collector.GetAsync("health/ready")).Status);
    }

    [SkippableFact]
    public async Task Write_TableThatIsThere_KeepsItsKeysItsTtlAndItsTypes()
    {
        await using CollectorProcess collector = await StartAsync();
        string table = SharedQuestDb.UniqueName("kept");
        await database.Client.ExecAsync(
            $"CREATE TABLE {table} (timestamp TIMESTAMP, id SYMBOL, side VARCHAR, place STRING, kind SYMBOL, f FLOAT, i INT, s SHORT, b BYTE, d DOUBLE, text STRING) "
            + "TIMESTAMP(timestamp) PARTITION BY MONTH TTL 24 MONTHS WAL DEDUP UPSERT KEYS(timestamp, id)");
        const string Fields = "kind=\"k\",f=1.5,i=2i,s=3i,b=4i,d=5i,text=\"t\"";

        for (int time = 0; time < 2; time++)
        {
            string code = await ForeignClients.CurlAsync(
                "--header", $"Authorization: Bearer {Token}", "--write-out", "%{http_code}", "--data-binary", $"{table},id=a,side=buy,place=x {Fields} 1700000000000000000\n",
                $"http://127.0.0.1:{collector.GatewayPort}/write");
            Assert.Equal("204", code);
        }

        MetricsText page = await collector.MetricsUntilAsync(metrics => metrics.Count("collector_rows_delivered_total", $"table=\"{table}\"") == 2);
        Assert.Equal(0, page.Count("collector_rows_quarantined_total"));
        QuestDbAnswer rows = await database.Client.ExecUntilAsync($"SELECT id, side, place, kind, f, i, s, b, d, text FROM {table}", found => found.Rows.Count > 0, Soon);
        Assert.Equal("""["a","buy","x","k",1.5,2,3,4,5.0,"t"]""", JsonSerializer.Serialize(Assert.Single(rows.Rows)));
        QuestDbAnswer kept = await database.Client.ExecAsync($"SELECT partitionBy, ttlValue, ttlUnit, dedup FROM tables() WHERE table_name = '{table}'");
        Assert.Equal("""["MONTH",2,"YEAR",true]""", JsonSerializer.Serialize(kept.Rows[0]));
    }

    /// <summary>The vectors that QuestDB's clients are held to, each with a table of its own, in both versions of the protocol.</summary>
    [SkippableFact]
    public async Task Write_InteroperabilityVectors_AreStoredAsTheyAre()
    {
        string? path = Environment.GetEnvironmentVariable("ILP_VECTORS");
        Skip.If(string.IsNullOrEmpty(path), "ILP_VECTORS is not set: it names QuestDB's ilp-client-interop-test.json.");
        await using CollectorProcess collector = await StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{collector.GatewayPort}") };
        http.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        using var vectors = JsonDocument.Parse(await File.ReadAllTextAsync(path!));
        int compared = 0;
        foreach (Vector vector in vectors.RootElement.EnumerateArray().Select(element => new Vector(element)).Where(vector => vector.IsOurs))
        {
            foreach (byte[] line in vector.Lines)
            {
                string table = SharedQuestDb.UniqueName("vector");
                using var content = new ByteArrayContent([.. Encoding.UTF8.GetBytes(table), .. line]);
                using HttpResponseMessage answer = await http.PostAsync(new Uri("/write", UriKind.Relative), content);
                Assert.True(answer.StatusCode == System.Net.HttpStatusCode.NoContent && !answer.Headers.Contains("X-Quarantined"), vector.Name);

                string columns = string.Join(", ", vector.Values.Select(value => $"\"{value.Name}\""));
                QuestDbAnswer found = await database.Client.ExecUntilAsync($"SELECT {columns} FROM {table}", rows => rows.Rows.Count == 1, Soon);
                Assert.Equal(vector.Values.Select(value => value.Shown), found.Rows[0].EnumerateArray().Select(Vector.Show));
                compared++;
            }
        }

        Assert.True(compared >= 11, $"only {compared} lines were compared");
    }

    private async Task<CollectorProcess> StartAsync(Uri? url = null)
    {
        Skip.IfNot(QuestDb.Available(out string reason), reason);
        var collector = new CollectorProcess(CollectorProcess.QuestDb(url ?? database.Url));
        collector.Environment["COLLECTOR__GATEWAY__TOKEN"] = Token;
        if (url is null)
        {
            await collector.StartReadyAsync();
        }
        else
        {
            await collector.StartLiveAsync();
        }

        return collector;
    }

    private async Task AssertRowsAsync(CollectorProcess collector, string table, string? odd, string note)
    {
        QuestDbAnswer sums = await database.Client.ExecUntilAsync(
            $"SELECT count(), sum(number), count_distinct(timestamp), sum(CASE WHEN live THEN 1 ELSE 0 END), min(price), max(price) FROM {table}", answer => answer.Rows[0][0].GetInt32() == Rows, Soon);
        Assert.Equal($"[{Rows},{Rows * (Rows - 1) / 2},{Rows},{Rows / 2},0.1,{Rows - 1}.1]", JsonSerializer.Serialize(sums.Rows[0]));
        QuestDbAnswer texts = await database.Client.ExecAsync($"SELECT DISTINCT symbol, note FROM {table}");
        Assert.Equal(note, Assert.Single(texts.Rows)[1].GetString());
        if (odd is not null)
        {
            QuestDbAnswer more = await database.Client.ExecAsync($"SELECT DISTINCT odd, made_at FROM {table}");
            Assert.Equal([odd, "2023-11-14T22:13:20.000000Z"], Assert.Single(more.Rows).EnumerateArray().Select(value => value.GetString()));
        }

        MetricsText page = await collector.MetricsUntilAsync(metrics => metrics.Count("collector_rows_pending") == 0);
        Assert.Equal(Rows, page.Count("collector_gateway_lines_accepted_total"));
        Assert.Equal(0, page.Count("collector_gateway_lines_quarantined_total"));
        Assert.Equal(0, page.Count("collector_ledger_remainder"));
    }

    /// <summary>Version 2 of the protocol, which the clients take up by themselves, has arrays.</summary>
    private async Task AssertArraysAsync(string table, string configuration)
    {
        if (!configuration.Contains("protocol_version=1", StringComparison.Ordinal))
        {
            QuestDbAnswer arrays = await database.Client.ExecAsync($"SELECT book, curve FROM {table} LIMIT 1");
            Assert.Equal("[[[1.0,2.5],[3.0,-4.0]],[0.5]]", JsonSerializer.Serialize(arrays.Rows[0]));
        }
    }

    private sealed class Vector
    {
        public Vector(JsonElement element)
        {
            Name = element.GetProperty("testName").GetString()!;
            JsonElement result = element.GetProperty("result");
            var columns = element.GetProperty("columns").EnumerateArray().ToList();
            IsOurs = result.GetProperty("status").GetString() != "ERROR" && !columns.Exists(column => column.GetProperty("type").GetString() == "DECIMAL");
            Values =
            [
                .. element.GetProperty("symbols").EnumerateArray().Select(symbol => (symbol.GetProperty("name").GetString()!, symbol.GetProperty("value").GetString())),
                .. columns.Select(column => (column.GetProperty("name").GetString()!, (string?)Show(column.GetProperty("value")))),
            ];
            IEnumerable<byte[]> lines =
            [
                .. result.TryGetProperty("line", out JsonElement line) ? [Encoding.UTF8.GetBytes(line.GetString()!)] : Array.Empty<byte[]>(),
                .. result.TryGetProperty("anyLines", out JsonElement any) ? any.EnumerateArray().Select(one => Encoding.UTF8.GetBytes(one.GetString()!)) : [],
                .. result.TryGetProperty("binaryBase64", out JsonElement bytes) ? [bytes.GetBytesFromBase64()] : Array.Empty<byte[]>(),
            ];

            // What stands behind the name of the vector's table.
            Lines = [.. lines.Select(whole => whole[LineReader.TableNameLength(whole)..])];
            IsOurs &= Values.Count > 0;
        }

        public string Name { get; }

        public bool IsOurs { get; }

        public List<(string Name, string? Shown)> Values { get; }

        public IReadOnlyList<byte[]> Lines { get; }

        public static string Show(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.True or JsonValueKind.False => value.GetBoolean() ? "true" : "false",
            _ => value.GetDouble().ToString("R", CultureInfo.InvariantCulture),
        };
    }
}
