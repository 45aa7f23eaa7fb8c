using System.Text;
using System.Text.RegularExpressions;

namespace Collector.FaultTests.Oracle;

/// <summary>A row as it stands in bytes.</summary>
/// <param name="Series">Whose number it bears: a table's, or a daemon's.</param>
/// <param name="Number">Null when it bears none.</param>
internal sealed record FoundRow(string Series, long? Number, string Text);

/// <summary>
/// Finds numbered rows in line protocol by their looks and not with the collector's own reader: what the oracle knows it
/// must not know from the one that is tested.
/// </summary>
/// <param name="start">How a row begins, with the group <c>series</c>.</param>
/// <param name="number">Where its number is, with the group <c>number</c>.</param>
internal sealed class RowFinder(string start, string number)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private readonly Regex _start = new(start, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Soon);
    private readonly Regex _number = new(number, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Soon);

    public IEnumerable<FoundRow> Find(ReadOnlySpan<byte> lines)
    {
        string text = Encoding.Latin1.GetString(lines); // a character for each byte
        return Find(text);
    }

    private IEnumerable<FoundRow> Find(string text)
    {
        for (Match at = _start.Match(text); at.Success;)
        {
            Match next = at.NextMatch();
            string row = text[at.Index..(next.Success ? next.Index : text.Length)];
            Match found = _number.Match(row);
            yield return new FoundRow(at.Groups["series"].Value, found.Success ? long.Parse(found.Groups["number"].Value) : null, row);
            at = next;
        }
    }
}
