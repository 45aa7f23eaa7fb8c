using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Collector.IntegrationTests.Support;
using Collector.Lines;
using Collector.Lines.Tables;
using Microsoft.AspNetCore.Http;

namespace Collector.IntegrationTests.Faults;

/// <summary>A request to <c>/write</c> as it came.</summary>
/// <param name="At">When it came, by the monotonic clock.</param>
internal sealed record WriteRequest(long At, string Table, int Bytes);

/// <summary>
/// Speaks what QuestDB speaks to the collector, and does to the next writes what a test tells it to. What it keeps it keeps
/// as QuestDB does: all rows of a request or none, a row with the keys and time of another in its place.
/// </summary>
internal sealed partial class FaultyDatabase : IAsyncDisposable
{
    private readonly TableCatalog _catalog;
    private readonly bool _keepsRows;
    private readonly ConcurrentDictionary<string, bool> _made = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentQueue<WriteFault>> _faults = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<WriteRequest> _requests = new();
    private readonly Dictionary<(string Table, string Name), StoredRow> _rows = [];
    private readonly Lock _gate = new();

    private LocalServer? _server;

    private FaultyDatabase(string schemas, bool keepsRows) => (_catalog, _keepsRows) = (TableCatalog.Load(schemas, []), keepsRows);

    public Uri Url => _server!.Url;

    /// <summary>What becomes of every write that nothing else was told for, given its table and size; null keeps its rows.</summary>
    public Func<string, int, WriteFault?> Rule { get; set; } = (_, _) => null;

    /// <summary>Why a row is bad; null when it is not.</summary>
    public Func<LineReader, string?> BadRow { get; set; } = _ => null;

    /// <summary>A refusal says which line is bad.</summary>
    public bool NamesLines { get; set; } = true;

    /// <summary>The status that a bad row is answered with.</summary>
    public int RefusalStatus { get; set; } = 400;

    public IReadOnlyList<WriteRequest> Requests => [.. _requests];

    /// <summary>Rows that came again with the same keys and time, and with other bytes.</summary>
    public int Rewritten { get; private set; }

    /// <param name="schemas">Folder of the tables' files; null: those that are shipped.</param>
    /// <param name="keepsRows">Remembers what it took. Without, it reads rows and forgets them.</param>
    public static async Task<FaultyDatabase> StartAsync(string? schemas = null, bool keepsRows = true)
    {
        var database = new FaultyDatabase(schemas ?? RepositoryRoot.Combine("schemas"), keepsRows);
        database._server = await LocalServer.StartAsync(database.AnswerAsync);
        return database;
    }

    /// <summary>Tells what becomes of the table's next writes, one after the other.</summary>
    public void Next(string table, params WriteFault[] faults)
    {
        foreach (WriteFault fault in faults)
        {
            _faults.GetOrAdd(table, _ => new ConcurrentQueue<WriteFault>()).Enqueue(fault);
        }
    }

    /// <summary>The numbers of a daemon's answers that are stored, in the order of their rows.</summary>
    public int[] Numbers(string daemon = "oi-fetcher")
    {
        lock (_gate)
        {
            return [.. _rows.Values.Where(row => row.Daemon == daemon && row.Number is not null).OrderBy(row => row.Micros).Select(row => (int)row.Number!)];
        }
    }

    /// <summary>Rows of a table.</summary>
    public int Count(string table)
    {
        lock (_gate)
        {
            return _rows.Keys.Count(key => key.Table == table);
        }
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/settings" => JsonAsync(context, """{"config":{"release.version":"9.3.4","line.proto.support.versions":[1,2,3]}}"""),
        "/exec" => ExecuteAsync(context, context.Request.Query["query"].ToString()),
        "/write" => WriteAsync(context),
        _ => StatusAsync(context, 404),
    };

    private static Task JsonAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    private static Task StatusAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private Task ExecuteAsync(HttpContext context, string sql)
    {
        if (sql == "SELECT 1")
        {
            return TableAsync(context, ["1"], [[1]]);
        }

        if (sql == "SELECT * FROM tables()")
        {
            return TableAsync(context, ["table_name", "designatedTimestamp", "partitionBy", "walEnabled", "dedup", "ttlValue", "ttlUnit", "matView", "table_type", "table_suspended", "wal_pending_row_count"],
                _made.Keys.Select(Made).Select(table => (object?[])[table.Name, table.TimestampName, table.PartitionBy, true, true, table.Ttl?.Value ?? 0, table.Ttl?.Unit.ToString().ToUpperInvariant(), false, "T", false, 0]));
        }

        if (ColumnsOf().Match(sql) is { Success: true } columns)
        {
            return TableAsync(context, ["column", "type", "upsertKey"], Columns(Made(columns.Groups["table"].Value)));
        }

        if (CreateTable().Match(sql) is { Success: true } create)
        {
            _made[create.Groups["table"].Value] = true;
            return JsonAsync(context, """{"ddl":"OK"}""");
        }

        context.Response.StatusCode = 400;
        return JsonAsync(context, JsonSerializer.Serialize(new { query = sql, error = "not understood here", position = 0 }));
    }

    private static Task TableAsync(HttpContext context, string[] columns, IEnumerable<object?[]> rows) =>
        JsonAsync(context, JsonSerializer.Serialize(new { columns = columns.Select(name => new { name, type = "STRING" }), dataset = rows }));

    private static IEnumerable<object?[]> Columns(Table table) =>
        table.Columns.Select(column => (object?[])[column.Name, column.Type.ToString().ToUpperInvariant(), column.IsKey])
            .Prepend([table.TimestampName, "TIMESTAMP", true]);

    private Table Made(string name) =>
        _catalog.TryGet(name, out Table? table) ? table : throw new InvalidOperationException($"There is no schema file of {name}.");

    private async Task WriteAsync(HttpContext context)
    {
        long at = TimeProvider.System.GetTimestamp();
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        ReadOnlyMemory<byte> lines = body.ToArray();
        string table = Encoding.UTF8.GetString(lines.Span[..lines.Span.IndexOfAny((byte)',', (byte)' ')]);
        _requests.Enqueue(new WriteRequest(at, table, lines.Length));
        WriteFault? fault = _faults.TryGetValue(table, out ConcurrentQueue<WriteFault>? faults) && faults.TryDequeue(out WriteFault? next)
            ? next
            : Rule(table, lines.Length);
        await (fault is null ? KeepAsync() : fault(context, KeepAsync));

        Task KeepAsync() => Keep(table, lines) is { } refusal ? WriteFaults.Status(RefusalStatus, refusal)(context, () => Task.CompletedTask) : StatusAsync(context, 204);
    }

    /// <returns>Null when the rows are stored; else the refusal, and none is.</returns>
    private string? Keep(string table, ReadOnlyMemory<byte> lines)
    {
        if (!_made.ContainsKey(table))
        {
            return Refusal(1, $"table: {table}; table does not exist, creating new tables is disabled");
        }

        var rows = new List<StoredRow>();
        var reader = new LineReader(Made(table));
        reader.Start(lines, TimeWindow.Any);
        while (reader.Read() is var status && status != LineStatus.End)
        {
            string? bad = status == LineStatus.Fault ? reader.Fault!.ToString() : BadRow(reader);
            if (bad is not null)
            {
                return Refusal(reader.Line, bad);
            }

            if (_keepsRows)
            {
                rows.Add(StoredRow.Of(reader));
            }
        }

        lock (_gate)
        {
            foreach (StoredRow row in rows)
            {
                Rewritten += _rows.TryGetValue((table, row.Name), out StoredRow? before) && before.Bytes != row.Bytes ? 1 : 0;
                _rows[(table, row.Name)] = row;
            }
        }

        return null;
    }

    private string Refusal(int line, string reason)
    {
        string message = $"failed to parse line protocol:errors encountered on line(s):\nerror in line {line}: {reason}";
        return NamesLines
            ? JsonSerializer.Serialize(new { code = "invalid", message, line, errorId = "7fc6b18e2d0e-1" })
            : JsonSerializer.Serialize(new { code = "invalid", message, errorId = "7fc6b18e2d0e-1" });
    }

    [GeneratedRegex(@"^SELECT \* FROM table_columns\('(?<table>\w+)'\)$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ColumnsOf();

    [GeneratedRegex(@"^CREATE TABLE IF NOT EXISTS ""(?<table>\w+)"" ", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex CreateTable();

    /// <param name="Name">Keys and time: what tells the row from others.</param>
    private sealed record StoredRow(string Name, long Micros, string Bytes, string? Daemon, long? Number)
    {
        public static StoredRow Of(LineReader reader)
        {
            Table table = reader.Table;
            string name = string.Join('|', table.Keys.Select(key => reader.Has(key) ? reader.Text(key) : "").Prepend(reader.Micros.ToString(CultureInfo.InvariantCulture)));
            bool isDaemon = table.Name == "daemon_metrics";
            return new StoredRow(
                name, reader.Micros, Convert.ToHexString(reader.Row.Span), isDaemon ? reader.Text(table["daemon"]) : null,
                isDaemon && reader.Has(table["fetch_count"]) ? reader.Long(table["fetch_count"]) : null);
        }
    }
}
