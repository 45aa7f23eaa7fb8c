using Collector.Settings.Logging;

namespace Collector.Pipe.Delivery;

/// <summary>The sentence for the one who is woken up: which table, since when, why, and what to do.</summary>
public static class SuspensionText
{
    private const int ShownBytes = 300;

    /// <param name="seen">When it was noticed; it began before that.</param>
    public static string Of(string table, DateTimeOffset seen, string? cause, string? remedy)
    {
        string plain = VisibleText.Sentence(cause ?? "", ShownBytes);
        string why = plain.Length == 0 ? "the database gives no reason" : $"the database says: {plain}";
        string then = remedy is null ? "mend the cause and resume the table" : $"mend the cause, then run {remedy}";
        return $"table {table} is suspended, noticed at {seen.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC ({why}); its rows are kept on disk: {then}";
    }
}
