using System.Text;
using Collector.IntegrationTests.Support;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.IntegrationTests.Lines;

/// <summary>Which kind of value goes into which type of column, asked of a real QuestDB: the door turns away what the type alone rules out, and nothing else.</summary>
[Collection(SharedQuestDb.Collection)]
public sealed class CastsTests(SharedQuestDb database)
{
    private static readonly string[] Types =
    [
        "BOOLEAN", "BYTE", "SHORT", "INT", "LONG", "FLOAT", "DOUBLE", "CHAR", "DATE", "TIMESTAMP", "TIMESTAMP_NS", "STRING", "VARCHAR", "SYMBOL",
        "UUID", "IPV4", "LONG256", "GEOHASH(5c)", "GEOHASH(3b)", "DECIMAL(18,4)", "BINARY", "DOUBLE[]", "DOUBLE[][]",
    ];

    /// <summary>Values of each kind, at least one of which each type that can take the kind does take.</summary>
    private static readonly Dictionary<ValueKinds, string[]> Values = new()
    {
        [ValueKinds.Tag] = ["a", "5", "11111111-2222-3333-4444-555555555555", "1.2.3.4", "t", "0x1f"],
        [ValueKinds.String] = ["\"a\"", "\"5\"", "\"11111111-2222-3333-4444-555555555555\"", "\"1.2.3.4\"", "\"t\"", "\"0x1f\""],
        [ValueKinds.Integer] = ["5i", "0i", "-7i"],
        [ValueKinds.Hex] = ["0x1fi"],
        [ValueKinds.Double] = ["5", "1.5", "=\x10\0\0\0\0\0\0\xf8\x3f"],
        [ValueKinds.Boolean] = ["t", "false"],
        [ValueKinds.Timestamp] = ["1700000000000000t", "1700000000000m", "1700000000000000000n"],
        [ValueKinds.Array] = ["=\x0e\n\x01\x01\0\0\0\0\0\0\0\0\0\xf8\x3f", "=\x0e\n\x02\x01\0\0\0\x01\0\0\0\0\0\0\0\0\0\xf8\x3f"],
        [ValueKinds.Decimal] = ["1.25d", "=\x17\x02\x01\x7d"],
    };

    [SkippableFact]
    public async Task Into_EveryTypeAndKind_IsWhatTheDatabaseTakes()
    {
        using var http = new HttpClient { BaseAddress = database.Url };
        var wrong = new List<string>();
        foreach (string type in Types)
        {
            string table = SharedQuestDb.UniqueName("casts");
            await database.Client.ExecAsync($"CREATE TABLE {table} (timestamp TIMESTAMP, v {type}) TIMESTAMP(timestamp) PARTITION BY DAY WAL");
            QuestDbAnswer live = await database.Client.ExecAsync($"SELECT type FROM table_columns('{table}') WHERE \"column\" = 'v'");
            Table adopted = TableGrowth.Adopt(
                new LiveTable { Name = table, Timestamp = "timestamp", PartitionBy = "DAY", Columns = [new("timestamp", "TIMESTAMP"), new("v", live.Rows[0][0].GetString()!)] }, null, isFirst: true);
            foreach ((ValueKinds kind, string[] values) in Values)
            {
                bool isTaken = false;
                foreach (string value in values)
                {
                    string line = kind == ValueKinds.Tag ? $"{table},v={value} 1700000000000000000\n" : $"{table} v={value} 1700000000000000000\n";
                    isTaken |= (int)(await http.PostAsync(new Uri("write", UriKind.Relative), new ByteArrayContent(Encoding.Latin1.GetBytes(line)))).StatusCode == 204;
                }

                if (isTaken != ((Casts.Into(adopted["v"]) & kind) != ValueKinds.None))
                {
                    wrong.Add($"{kind} into {type}: the database {(isTaken ? "takes" : "refuses")} it");
                }
            }
        }

        Assert.Empty(wrong);
    }
}
