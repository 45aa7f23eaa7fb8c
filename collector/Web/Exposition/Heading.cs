using System.Text;

namespace Collector.Web.Exposition;

/// <summary>One family as the page shows it: its heading in both formats, and the producers whose samples stand under it.</summary>
/// <remarks>
/// <code>
/// Prometheus                        OpenMetrics
/// # HELP orders_total Orders.       # TYPE orders counter
/// # TYPE orders_total counter       # UNIT ...            only where the name ends in it
/// orders_total 1                    # HELP orders Orders.
///                                   orders_total 1
/// </code>
/// </remarks>
internal sealed class Heading
{
    private static readonly string[] Units = ["seconds", "bytes", "ratio"];

    private readonly List<Family> _parts;
    private readonly byte[] _prometheus;
    private readonly byte[] _openMetrics;

    public Heading(Family family)
    {
        _parts = [family];
        string type = family.Type.ToString().ToLowerInvariant();
        string help = MetricText.Escape(family.Help, quotes: false);
        _prometheus = Encoding.UTF8.GetBytes($"{(help.Length > 0 ? $"# HELP {family.Name} {help}\n" : "")}# TYPE {family.Name} {type}\n");

        help = MetricText.Escape(family.Help, quotes: true);
        string? unit = Array.Find(Units, unit => family.BaseName.EndsWith("_" + unit, StringComparison.Ordinal));
        _openMetrics = Encoding.UTF8.GetBytes(
            $"# TYPE {family.BaseName} {type}\n"
            + (unit is null ? "" : $"# UNIT {family.BaseName} {unit}\n")
            + (help.Length > 0 ? $"# HELP {family.BaseName} {help}\n" : ""));
    }

    public Family First => _parts[0];

    public void Add(Family family) => _parts.Add(family);

    /// <summary>Writes the family, or nothing where it has no sample.</summary>
    public void Write(ScrapeBuffer page, TextFormat format, LabelSets shown)
    {
        int before = page.Length;
        page.Append(format == TextFormat.OpenMetrics ? _openMetrics : _prometheus);
        int heading = page.Length;
        if (_parts.Count == 1)
        {
            First.WriteSamples(page, null);
        }
        else
        {
            shown.Clear();
            foreach (Family part in _parts)
            {
                part.WriteSamples(page, shown);
            }
        }

        if (page.Length == heading)
        {
            page.Rewind(before);
        }
    }
}
