using System.Text;
using System.Text.Json;
using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Gateway;

/// <summary>
/// Tables that the database had before a line named them: what is sent through the gateway leaves the rows that the same lines
/// leave when they are sent to the database itself, and each line that the database refuses costs one row.
/// </summary>
[Collection(SharedQuestDb.Collection)]
public sealed class AdoptedTableTests(SharedQuestDb database)
{
    private const string Time = "1700000000000000000";
    private const string Day = "TIMESTAMP(timestamp) PARTITION BY DAY WAL";

    private static readonly TimeSpan Soon = CollectorProcess.Soon;

    /// <summary>A table's columns and the rest of its statement, and lines without their table's name.</summary>
    private static readonly (string Shape, string[] Lines)[] Shapes =
    [
        ("(ts TIMESTAMP, s SYMBOL, v DOUBLE) TIMESTAMP(ts) PARTITION BY DAY WAL", [$",s=a v=1.5 {Time}", $" v=2 {Time}", ",s=b v=1i 1700000000000000001"]),
        ("(timestamp TIMESTAMP_NS, s SYMBOL, v DOUBLE) " + Day, [",s=a v=1.5 1700000000000000789", ",s=b v=2.5 1700000000000000001"]),
        ("(timestamp TIMESTAMP, b BOOLEAN) " + Day, [$" b=t {Time}", $" b=false {Time}", $" b=1i {Time}", $" b=\"t\" {Time}", $" b= {Time}"]),
        ("(timestamp TIMESTAMP, b BOOLEAN, v DOUBLE) " + Day, [$" v=1.5 {Time}", $" b=T,v=2.5 {Time}"]),
        ("(timestamp TIMESTAMP, id UUID, v DOUBLE) " + Day, [$" id=\"11111111-2222-3333-4444-555555555555\",v=1.5 {Time}", $" id=\"none\",v=2.5 {Time}", $",id=x v=3 {Time}", $" id=5i {Time}"]),
        ("(timestamp TIMESTAMP, d DECIMAL(18,4)) " + Day, [$" d=1.25 {Time}", $" d=7i {Time}", $" d=\"3.5\" {Time}", $" d=1e300 {Time}", $" d=2.5d {Time}", $" d=1.123456d {Time}", $" d=t {Time}"]),
        ("(timestamp TIMESTAMP, i INT, sh SHORT, b BYTE) " + Day, [$" i=5i,sh=6i,b=7i {Time}", $" i=5000000000i {Time}", $" sh=70000i {Time}", $" b=300i {Time}", $" i=t,sh=f {Time}", $" i=1.5 {Time}"]),
        ("(timestamp TIMESTAMP, f FLOAT) " + Day, [$" f=1.25 {Time}", $" f=1e300 {Time}", $" f=2i {Time}", $" f=\"x\" {Time}"]),
        ("(timestamp TIMESTAMP, v LONG) " + Day, [$" v=5i {Time}", $" v=5.0 {Time}", $" v=5 {Time}", $" v=t {Time}", $",v=5 {Time}", $" v=-5i {Time}"]),
        ("(timestamp TIMESTAMP, t STRING, u VARCHAR) " + Day, [$" t=\"a \\\"q\\\"\",u=\"b\\\\c\" {Time}", $",t=x\\ y,u=z {Time}", $" t=5i {Time}", $" u=t {Time}"]),
        ("(timestamp TIMESTAMP, s SYMBOL) " + Day, [$" s=\"field\" {Time}", $" s=5i {Time}", $" s=1.50 {Time}", $" s=t {Time}", $",s=a\\,b\\=c\\ d {Time}", $",s= {Time}", $" s= {Time}"]),
        ("(timestamp TIMESTAMP, v DOUBLE) " + Day, [$" v=5i {Time}", $" v=t {Time}", $" v=-1.5e-3 {Time}", $" v=\"5\" {Time}"]),
        ("(timestamp TIMESTAMP, v DOUBLE) TIMESTAMP(timestamp) PARTITION BY HOUR WAL", [$" v=5 {Time}"]),
        ("(timestamp TIMESTAMP, v DOUBLE) TIMESTAMP(timestamp) PARTITION BY YEAR TTL 5 YEARS WAL", [$" v=5 {Time}"]),
        ("(timestamp TIMESTAMP, a DOUBLE, never LONG, neither UUID, nor DOUBLE[]) " + Day, [$" a=5 {Time}"]),
        ("(timestamp TIMESTAMP, Price DOUBLE, SIDE SYMBOL) " + Day, [$",side=buy price=5 {Time}", $",Side=sell PRICE=6 {Time}"]),
        ("(timestamp TIMESTAMP, a DOUBLE[], v DOUBLE) " + Day, [$" v=5 {Time}", $" a=\x0e\n\x01\x02\0\0\0\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\x40 {Time}".Replace("a=", "a==", StringComparison.Ordinal), $" a=5 {Time}"]),
        ("(timestamp TIMESTAMP, a DOUBLE[][]) " + Day, [$" a==\x0e\n\x02\x01\0\0\0\x02\0\0\0\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\x40 {Time}", $" a==\x0e\n\x01\x01\0\0\0\0\0\0\0\0\0\xf0\x3f {Time}"]),
        ("(timestamp TIMESTAMP, other TIMESTAMP, date DATE, ns TIMESTAMP_NS) " + Day,
            [$" other=1700000000000001t,date=1700000000000m,ns=1700000000000000007n {Time}", $" other=5i,date=5i,ns=5i {Time}", $" other=1700000000000000007n {Time}", $" date=\"2026-01-01\" {Time}"]),
        ("(timestamp TIMESTAMP, \"a b\" DOUBLE, größe LONG) " + Day, [$" a\\ b=5,größe=6i {Time}"]),
        ("(timestamp TIMESTAMP, c CHAR, ip IPV4, l LONG256, g GEOHASH(5c)) " + Day,
            [$" c=\"x\",ip=\"1.2.3.4\",l=\"0x1f\",g=\"sp052w\" {Time}", $" c=\"xy\" {Time}", $" ip=\"1.2.3\" {Time}", $" l=0x2ai {Time}", $" g=\"!!\" {Time}", $" ip=\"\" {Time}"]),
        ("(when TIMESTAMP, k SYMBOL, v DOUBLE) TIMESTAMP(when) PARTITION BY DAY WAL DEDUP UPSERT KEYS(when, k)", [$",k=a v=1 {Time}", $",k=a v=2 {Time}", $" v=3 {Time}", $" v=4 {Time}"]),
        ("(timestamp TIMESTAMP, id UUID, v DOUBLE) " + Day + " DEDUP UPSERT KEYS(timestamp, id)", [$" id=\"11111111-2222-3333-4444-555555555555\",v=1 {Time}", $" id=\"11111111-2222-3333-4444-555555555555\",v=2 {Time}"]),
        ("(timestamp TIMESTAMP, n LONG, n_delta LONG) " + Day, [$" n=5i {Time}", $" n=7i 1700000001000000000", $" n=-1i,n_delta=2i 1700000002000000000"]),
        ("(v DOUBLE, s SYMBOL, ts TIMESTAMP) TIMESTAMP(ts) PARTITION BY MONTH WAL", [$",s=a v=1 {Time}"]),
        ("(timestamp TIMESTAMP, v DOUBLE) " + Day, [$" v=1 {Time}", $" v=1,v=2 {Time}", $" v==\x10\0\0\0\0\0\0\xf8\x3f {Time}"]),
        ("(timestamp TIMESTAMP, b BINARY, v DOUBLE) " + Day, [$" v=1 {Time}", $" b=\"x\",v=2 {Time}"]),
    ];

    [SkippableFact]
    public async Task Write_TablesThatTheDatabaseHas_LeaveTheRowsThatItsOwnClientsLeave()
    {
        await using var collector = new CollectorProcess(CollectorProcess.QuestDb(database.Url));
        await collector.StartReadyAsync();
        string name = SharedQuestDb.UniqueName("adopt");
        int refused = 0;
        for (int i = 0; i < Shapes.Length; i++)
        {
            (string shape, string[] lines) = Shapes[i];
            string direct = $"{name}_d{i}", through = $"{name}_g{i}";
            await database.Client.ExecAsync($"CREATE TABLE {direct} {shape}");
            await database.Client.ExecAsync($"CREATE TABLE {through} {shape}");
            foreach (string line in lines)
            {
                refused += await PostAsync(database.Url, direct + line + "\n") == 204 ? 0 : 1;
            }

            Assert.Equal(204, await PostAsync(new Uri($"http://127.0.0.1:{collector.GatewayPort}"), string.Concat(lines.Select(line => $"{through}{line}\n"))));
        }

        MetricsText books = await collector.MetricsUntilAsync(page => page.Count("collector_rows_pending") == 0 && page.Count("collector_rows_delivered_total") > 0);
        for (int i = 0; i < Shapes.Length; i++)
        {
            string wanted = await RowsAsync($"{name}_d{i}"), found = await RowsAsync($"{name}_g{i}");
            Assert.True(wanted == found, $"{Shapes[i].Shape}\nsent to the database: {wanted}\nthrough the gateway: {found}");
        }

        Assert.Equal(refused, books.Count("collector_rows_quarantined_total") + books.Count("collector_gateway_lines_quarantined_total"));
        Assert.Equal(0, books.Count("collector_rows_dropped_total"));
        Assert.Equal(200, (await collector.GetAsync("health/ready")).Status);
    }

    [SkippableFact]
    public async Task Write_ColumnsThatTheTableLacks_AreMade()
    {
        await using var collector = new CollectorProcess(CollectorProcess.QuestDb(database.Url));
        await collector.StartReadyAsync();
        string table = SharedQuestDb.UniqueName("wider");
        await database.Client.ExecAsync($"CREATE TABLE {table} (s SYMBOL, ts TIMESTAMP) TIMESTAMP(ts) PARTITION BY MONTH WAL");

        Assert.Equal(204, await PostAsync(new Uri($"http://127.0.0.1:{collector.GatewayPort}"), $"{table},s=b,brand=new v=2,count=3i,flag=t,timestamp=5t {Time}\n{table} v=3 {Time}\n"));
        await collector.MetricsUntilAsync(page => page.Count("collector_rows_delivered_total", $"table=\"{table}\"") == 2);

        Assert.Equal(
            "brand count flag s timestamp ts v: [\"new\",3,true,\"b\",\"1970-01-01T00:00:00.000005Z\",\"2023-11-14T22:13:20.000000Z\",2] [null,null,false,null,null,\"2023-11-14T22:13:20.000000Z\",3]",
            (await RowsAsync(table)).Replace(".0,", ",", StringComparison.Ordinal).Replace(".0]", "]", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Write_DatabaseAway_TakesTheTableUpOnceItIsBack()
    {
        string port = $"http://127.0.0.1:{FreePort.Next()}", table = SharedQuestDb.UniqueName("later");
        await database.Client.ExecAsync($"CREATE TABLE {table} (ts TIMESTAMP_NS, id UUID, up BOOLEAN, n LONG) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, id)");
        await using var collector = new CollectorProcess(CollectorProcess.QuestDb(new Uri(port)));
        await collector.StartLiveAsync();
        var gateway = new Uri($"http://127.0.0.1:{collector.GatewayPort}");

        Assert.Equal(204, await PostAsync(gateway, $"{table} id=\"11111111-2222-3333-4444-555555555555\",up=t,n=1i 1700000000000000001\n{table} id=\"none\",n=2i {Time}\n{table} n=2.5 {Time}\n{table} n=3i,more=1.5 {Time}\n"));
        await collector.EndAsync(UnixSignal.Kill);
        collector.Environment["COLLECTOR__STORE__QUESTDB__URL"] = database.Url.ToString();
        await collector.StartReadyAsync();
        await collector.MetricsUntilAsync(page => page.Count("collector_rows_pending") == 0 && page.Count("collector_rows_delivered_total", $"table=\"{table}\"") == 2);

        Assert.Equal(
            "id more n ts up: [\"11111111-2222-3333-4444-555555555555\",null,1,\"2023-11-14T22:13:20.000000001Z\",true] [null,1.5,3,\"2023-11-14T22:13:20.000000000Z\",false]",
            await RowsAsync(table));
        Assert.Equal(204, await PostAsync(gateway, $"{table} n=2.5 {Time}\n"));
        MetricsText books = await collector.MetricsUntilAsync(page => page.Count("collector_gateway_lines_quarantined_total") == 1);
        Assert.Equal(2, books.Count("collector_rows_quarantined_total", $"table=\"{table}\"")); // the text that is no UUID, and 2.5 in a LONG
    }

    /// <summary>What the table holds once all that it accepted is applied; columns by name, for one that a line brought stands wherever it was made.</summary>
    private async Task<string> RowsAsync(string table)
    {
        await database.Client.ExecUntilAsync($"SELECT name FROM wal_tables() WHERE name = '{table}' AND writerTxn < sequencerTxn", late => late.Rows.Count == 0, Soon);
        QuestDbAnswer answer = await database.Client.ExecAsync($"SELECT * FROM {table}");
        int[] order = [.. Enumerable.Range(0, answer.Columns.Count).OrderBy(i => answer.Columns[i], StringComparer.Ordinal)];
        IEnumerable<string> rows = answer.Rows.Select(row => JsonSerializer.Serialize(order.Select(i => row[i])));
        return $"{string.Join(' ', order.Select(i => answer.Columns[i]))}: {string.Join(' ', rows.Order(StringComparer.Ordinal))}";
    }

    /// <summary>Text stands for its bytes: those below 256 for themselves, so that a line can hold binary values, others as UTF-8.</summary>
    private static async Task<int> PostAsync(Uri to, string lines)
    {
        using var http = new HttpClient();
        byte[] body = lines.Contains("größe", StringComparison.Ordinal) ? Encoding.UTF8.GetBytes(lines) : Encoding.Latin1.GetBytes(lines);
        using HttpResponseMessage answer = await http.PostAsync(new Uri(to, "write"), new ByteArrayContent(body));
        return (int)answer.StatusCode;
    }
}
