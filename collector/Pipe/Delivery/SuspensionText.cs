namespace Collector.Pipe.Delivery;

/// <summary>The sentence for the one who is woken up: which table, since when, why, and what to do.</summary>
public static class SuspensionText
{
    private const int ShownCharacters = 300;

    /// <param name="seen">When it was noticed; it began before that.</param>
    public static string Of(string table, DateTimeOffset seen, string? cause, string? remedy)
    {
        string plain = string.Concat((cause ?? "").Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        string why = plain.Length switch
        {
            0 => "the database gives no reason",
            <= ShownCharacters => $"the database says: {plain}",
            _ => $"the database says: {plain[..ShownCharacters]}…",
        };
        string then = remedy is null ? "mend the cause and resume the table" : $"mend the cause, then run {remedy}";
        return $"table {table} is suspended, noticed at {seen.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC ({why}); its rows are kept on disk: {then}";
    }
}
