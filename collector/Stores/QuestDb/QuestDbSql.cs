using System.Text.Json;
using Collector.Pipe.Delivery;

namespace Collector.Stores.QuestDb;

/// <summary>
/// SQL over <c>GET /exec</c> (POST is refused). A refused statement is a 400 with <c>error</c> and <c>position</c>; an empty
/// one is a 200 with an <c>error</c>.
/// </summary>
internal sealed class QuestDbSql(QuestDbClient client)
{
    /// <summary>QuestDB closes the connection on a request line of about 32 KB.</summary>
    private const int MaxTarget = 30_000;

    /// <summary>How a server that was started to be read-only refuses: 400 to make a table, 403 to change one (QuestDB 9.3.4).</summary>
    private const string ReadOnly = "Write permission denied";

    private const int AnswerBytes = 16 * 1024 * 1024;

    /// <summary>Runs one statement. Those on WAL tables are done when they answer, and seen by queries a little later.</summary>
    public async Task<SqlResult> RunAsync(string statement, CancellationToken cancellationToken)
    {
        string target = $"exec?query={Uri.EscapeDataString(statement)}";
        if (target.Length > MaxTarget)
        {
            return Halted($"a statement of {statement.Length} characters is too long for {client.Place}; the table has too many columns for it");
        }

        Exchange exchange = await client.GetAsync(target, AnswerBytes, cancellationToken);
        return exchange.Reply is { } reply ? Read(reply, statement) : SqlResult.Failed(exchange.Failure!);
    }

    /// <summary>A name within double quotes.</summary>
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A text within single quotes.</summary>
    public static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private SqlResult Read(Reply reply, string statement)
    {
        if ((int)reply.Status is 400 or 403 && reply.Body.Contains(ReadOnly, StringComparison.Ordinal))
        {
            return SqlResult.Failed(new Outcome.Retry($"{client.Place} is read-only and refuses {Shown(statement)}: unset QDB_READONLY or http.security.readonly there, or name another server"));
        }

        if ((int)reply.Status is not (200 or 400))
        {
            return SqlResult.Failed(Failure(reply));
        }

        if (!reply.IsWhole)
        {
            return Halted($"{client.Place} answers more than {AnswerBytes} bytes to {Shown(statement)}");
        }

        try
        {
            using var json = JsonDocument.Parse(reply.Body);
            return json.RootElement.TryGetProperty("error", out JsonElement error)
                ? Halted($"{client.Place} refuses {Shown(statement)}: {error}")
                : json.RootElement.TryGetProperty("columns", out _) || json.RootElement.TryGetProperty("ddl", out _)
                    ? SqlResult.From(json.RootElement)
                    : Halted($"{client.Place} answers {Shown(statement)} with neither rows nor an error, as QuestDB does not: check the address");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return Halted($"{client.Place} answers {Shown(statement)} in a form that QuestDB does not use: {exception.Message}");
        }
    }

    private Outcome Failure(Reply reply) => (int)reply.Status switch
    {
        401 or 403 => new Outcome.Halted($"{client.Place} refused authentication (HTTP {(int)reply.Status}): check user, password or token of store.questdb"),
        408 or 421 or 429 or >= 500 => new Outcome.Retry($"{client.Place} answered a query with HTTP {(int)reply.Status}", reply.RetryAfter),
        _ => new Outcome.Halted($"{client.Place} answered a query with HTTP {(int)reply.Status}: check the address"),
    };

    private static SqlResult Halted(string reason) => SqlResult.Failed(new Outcome.Halted(reason));

    private static string Shown(string statement) => statement.Length <= 120 ? statement : statement[..120] + "…";
}
