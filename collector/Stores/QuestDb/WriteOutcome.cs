using System.Text.Json;
using System.Text.RegularExpressions;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Settings.Logging;

namespace Collector.Stores.QuestDb;

/// <summary>
/// What QuestDB's answer to <c>POST /write</c> means for the batch. A refusal looks like this:
/// <code>
/// 400 {"code":"invalid","message":"failed to parse line protocol:errors encountered on line(s):\nerror in line 2: …","line":2,"errorId":"7fc6b18e2d0e-1"}
///
/// table: t, column: c does not exist, creating new columns is disabled      the whole table's fault
/// table: t; table does not exist, creating new tables is disabled           as are all that name the table and a semicolon
/// table: t, column: c; cast error from protocol type: FLOAT to column type: LONG
/// table: t, timestamp: -1; …   Could not parse …                            one row's fault
/// </code>
/// Each of these texts is QuestDB 9.3.4's own.
/// </summary>
internal static class WriteOutcome
{
    private const int ShownBytes = 300;

    // In time linear to the answer, and so without a clock: on a starved machine an answer means what it does on a fast one.
    private const RegexOptions Linear = RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    private static readonly Regex Prefix = new(
        @"^failed to parse line protocol:\s*errors encountered on line\(s\):\s*error in line \d+: ", Linear, Regex.InfiniteMatchTimeout);

    private static readonly Regex Fault = new(
        @"^table: [^,;]+(?:, column: (?:(?<missing>.+) does not exist, creating new columns is disabled|(?<column>.+); cast error from protocol type: \w+ to column type: (?<type>\S+))|; (?<fault>.+))$",
        Linear | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        Regex.InfiniteMatchTimeout);

    /// <param name="place">The server as a reason names it.</param>
    public static Outcome Of(Reply reply, Batch batch, string place) => (int)reply.Status switch
    {
        200 when reply.Body.Length > 0 => new Outcome.Halted($"{place} answered a write with a page ({Code(reply)}), which QuestDB does not: nothing counts as stored; look at what stands in between. It says: {Shown(reply.Body)}"),
        200 or 204 => Outcome.Accepted.Instance,
        400 => Refusal(reply.Body, batch, place),
        401 or 403 => new Outcome.Halted($"{place} refused authentication ({Code(reply)}): check user, password or token of store.questdb"),
        404 or 405 => new Outcome.Halted($"{place} has no /write ({Code(reply)}): check the address"),
        413 => TooLarge(reply, batch, place),
        415 => new Outcome.Halted($"{place} does not take the body's encoding ({Code(reply)}): turn store.questdb.gzip off"),
        421 => new Outcome.Retry($"{place} is read-only ({Code(reply)}): set readonly=false in its server.conf", reply.RetryAfter),
        500 => new Outcome.Retry($"{place} failed over the batch ({Code(reply)}): {Shown(Message(reply.Body))}", reply.RetryAfter, MayBeData: true),
        408 or 429 or >= 500 => new Outcome.Retry($"{place} did not store the batch ({Code(reply)}): {Shown(Message(reply.Body))}", reply.RetryAfter),
        _ => new Outcome.Halted($"{place} answered {Code(reply)}, which QuestDB does not: check the address"),
    };

    private static Outcome Refusal(string body, Batch batch, string place)
    {
        (string? code, string text, int? line, string? errorId) = Parse(body);
        if (code is null)
        {
            return new Outcome.Halted($"{place} refused a request (HTTP 400) with an answer that is not QuestDB's, so that it is no verdict on rows: look at what stands in between. It says: {Shown(text)}");
        }

        string message = Prefix.Replace(text, "");
        string table = batch.Table.Name;
        if (Fault.Match(message) is not { Success: true } fault)
        {
            return new Outcome.Rejected($"{place} refused a row of {table}: {Shown(message)}", line > 0 && line <= batch.Rows ? line : null, errorId);
        }

        string column = fault.Groups["missing"].Value;
        if (column.Length > 0 && batch.Table.IsMade && !batch.Table.TryGetColumn(column, out _))
        {
            return new Outcome.Rejected($"{place} refused a row of {table}, which has no column {column} any more", line, errorId);
        }

        if (column.Length > 0)
        {
            return new Outcome.Halted(batch.Table.TryGetColumn(column, out _)
                ? $"the table {table} of {place} has no column {column}: run `collector schema apply`"
                : $"neither the schema file of {table} nor {place} has the column {column}, which rows in the spool hold: put it back into the file");
        }

        column = fault.Groups["column"].Value;
        if (column.Length > 0)
        {
            return Cast(fault, batch, column, place, new Outcome.Rejected($"{place} refused a row of {table}: {Shown(message)}", line, errorId));
        }

        return new Outcome.Halted(fault.Groups["fault"].Value.StartsWith("table does not exist", StringComparison.Ordinal)
            ? $"the table {table} is missing in {place}: run `collector schema apply`"
            : $"{place} takes no rows for {table}: {Shown(fault.Groups["fault"].Value)}");
    }

    /// <summary>
    /// Every row was checked against the schema file: where the column has another type than that, no row will fit. Without such a
    /// file the column's type is the database's own affair.
    /// </summary>
    private static Outcome Cast(Match fault, Batch batch, string name, string place, Outcome.Rejected badRow)
    {
        string type = fault.Groups["type"].Value;
        return batch.Table.IsMade || !batch.Table.TryGetColumn(name, out Column? column) || string.Equals(type, column.TypeName, StringComparison.OrdinalIgnoreCase)
            ? badRow
            : new Outcome.Halted($"the column {name} of the table {batch.Table} is {type} in {place} and {column.TypeName} in its schema file: run `collector schema plan`");
    }

    /// <summary>A proxy's limit may be lower than QuestDB's, and no row is to blame for it.</summary>
    private static Outcome.Rejected TooLarge(Reply reply, Batch batch, string place)
    {
        string reason = $"{place} takes no request of {batch.Lines.Length} bytes ({Code(reply)})";
        return Parse(reply.Body).Code is null
            ? new Outcome.Rejected($"{reason}, with an answer that is not QuestDB's: raise the limit of what stands in between", BlamesRow: false)
            : new Outcome.Rejected(reason);
    }

    /// <returns>The code and what comes with it; no code, and the body as it is, where it is not QuestDB that answered.</returns>
    private static (string? Code, string Message, int? Line, string? ErrorId) Parse(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            JsonElement root = json.RootElement;
            if (root.ValueKind == JsonValueKind.Object && Text(root, "code") is { } code && Text(root, "message") is { } message)
            {
                int? line = root.TryGetProperty("line", out JsonElement l) && l.ValueKind == JsonValueKind.Number && l.TryGetInt32(out int number) ? number : null;
                return (code, message, line, Text(root, "errorId"));
            }
        }
        catch (JsonException)
        {
            // A proxy's page, or an answer cut short: shown as it is.
        }

        return (null, body, null, null);
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Message(string body) => Parse(body).Message;

    private static string Code(Reply reply) => $"HTTP {(int)reply.Status}";

    /// <summary>Foreign text within a reason: one short line.</summary>
    private static string Shown(string text)
    {
        string plain = VisibleText.Sentence(text, ShownBytes);
        return plain.Length == 0 ? "no reason given" : plain;
    }
}
