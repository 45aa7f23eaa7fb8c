using System.Net;
using System.Text;
using System.Text.Json;
using Collector.Lines.Tables;

namespace Collector.IntegrationTests.Lines;

/// <summary>The QuestDB that the lines are compared with.</summary>
internal sealed class DifferentialServer(Uri url) : IDisposable
{
    private static readonly TimeSpan VisibleWithin = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client = new(new SocketsHttpHandler { MaxConnectionsPerServer = 4 }) { BaseAddress = url };

    /// <summary>A table with each type, under a name of its own.</summary>
    public async Task<Table> CreateTable(CancellationToken cancellation)
    {
        var faults = new List<SchemaFault>();
        Table table = SchemaReader.Read(
            "differential.sql",
            $"CREATE TABLE lines_{Guid.NewGuid():N} (timestamp TIMESTAMP, k SYMBOL, s SYMBOL, b BOOLEAN, l LONG, d DOUBLE, t TIMESTAMP, v VARCHAR) TIMESTAMP(timestamp) PARTITION BY DAY WAL",
            faults)!;
        await Query(table.CreateStatement(), cancellation);
        return table;
    }

    public async Task<(int Status, string Reply)> Write(byte[] line, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(line);
        using HttpResponseMessage response = await _client.PostAsync(new Uri("/write", UriKind.Relative), content, cancellation);
        return ((int)response.StatusCode, response.StatusCode == HttpStatusCode.NoContent ? "" : Encoding.Latin1.GetString(await response.Content.ReadAsByteArrayAsync(cancellation)));
    }

    /// <summary>The rows by their time, once all are visible; columns in the table's order, a false BOOLEAN as "false".</summary>
    public async Task<Dictionary<long, string?[]>> ReadBack(Table table, int rows, CancellationToken cancellation)
    {
        string columns = string.Join(", ", table.Columns.Select(column => column.Type switch
        {
            ColumnType.Timestamp => $"CAST({column} AS LONG) {column}",
            _ => column.Name,
        }));
        long started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using JsonDocument count = await Query($"SELECT count() FROM {table}", cancellation);

            // A line that ends behind a backslash is taken and stored nowhere, so that all may be fewer than were taken.
            int visible = count.RootElement.GetProperty("dataset")[0][0].GetInt32();
            if (visible >= rows || (visible > 0 && await IsApplied(table, cancellation)) || TimeProvider.System.GetElapsedTime(started) > VisibleWithin)
            {
                break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellation);
        }

        using JsonDocument data = await Query($"SELECT CAST(timestamp AS LONG), {columns} FROM {table}", cancellation);
        var result = new Dictionary<long, string?[]>();
        foreach (JsonElement row in data.RootElement.GetProperty("dataset").EnumerateArray())
        {
            result[row[0].GetInt64()] = [.. table.Columns.Select(column => Value(row[column.Ordinal + 1], column))];
        }

        return result;
    }

    public void Dispose() => _client.Dispose();

    private async Task<bool> IsApplied(Table table, CancellationToken cancellation)
    {
        using JsonDocument wal = await Query($"SELECT writerTxn = sequencerTxn FROM wal_tables() WHERE name = '{table}'", cancellation);
        return wal.RootElement.GetProperty("dataset")[0][0].GetBoolean();
    }

    private static string? Value(JsonElement value, Column column) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number when column.Type == ColumnType.Double => BitConverter.DoubleToInt64Bits(value.GetDouble() + 0.0).ToString("X16"),
        JsonValueKind.Number => value.GetRawText(),
        _ => value.GetBoolean() ? "true" : "false",
    };

    private async Task<JsonDocument> Query(string sql, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await _client.GetAsync(new Uri($"/exec?query={Uri.EscapeDataString(sql)}&limit=1000000", UriKind.Relative), cancellation);
        byte[] bytes = await response.Content.ReadAsByteArrayAsync(cancellation);
        Assert.True(response.IsSuccessStatusCode, Encoding.Latin1.GetString(bytes));
        return JsonDocument.Parse(Readable(bytes));
    }

    /// <summary>
    /// QuestDB hands out bytes that are no UTF-8, and control characters, as they are: each byte beyond ASCII becomes the
    /// character of that number, each control character an escape.
    /// </summary>
    private static string Readable(byte[] json)
    {
        var text = new StringBuilder(json.Length);
        foreach (byte value in json)
        {
            if (value < 0x20)
            {
                text.Append($"\\u{(int)value:x4}");
            }
            else
            {
                text.Append((char)value);
            }
        }

        return text.ToString();
    }
}
