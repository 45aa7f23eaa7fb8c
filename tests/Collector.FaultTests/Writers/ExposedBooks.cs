using System.Globalization;
using System.Text.RegularExpressions;
using Collector.FaultTests.Oracle;
using Collector.IntegrationTests.Pipeline;

namespace Collector.FaultTests.Writers;

/// <summary>The books of every table, as <c>/metrics</c> shows them.</summary>
internal static partial class ExposedBooks
{
    public static void Sample(MetricsText page, Memory memory)
    {
        foreach (Match table in Remainder().Matches(page.Text))
        {
            string label = $"table=\"{table.Groups["table"].Value}\"";
            memory.Sample(new BooksSample(
                table.Groups["table"].Value,
                long.Parse(table.Groups["remainder"].Value, CultureInfo.InvariantCulture),
                page.Count("collector_rows_pending", label),
                page.Count("collector_rows_accepted_total", label),
                page.Count("collector_rows_quarantined_total", label),
                page.Count("collector_rows_dropped_total", label)));
        }
    }

    [GeneratedRegex(@"^collector_ledger_remainder\{table=""(?<table>\w+)""\} (?<remainder>-?\d+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Remainder();
}
