using Microsoft.Extensions.Logging;

namespace Collector.Web.Exposition;

/// <summary>
/// Composes the page: every producer's families by name, each under one heading. Where two families of one name differ in
/// type or help, or would use each other's names, the first producer's is shown and the other left out, counted and logged.
/// Not thread-safe: <see cref="SharedScrape"/> calls it once at a time.
/// </summary>
public sealed partial class ScrapeRenderer
{
    private const int SmallestCapacity = 64 * 1024;

    private readonly IFamilies[] _producers;
    private readonly int[] _versions;
    private readonly ExpositionOptions _options;
    private readonly ILogger _log;
    private readonly LabelSets _shown = new();
    private readonly HashSet<string> _logged = new(StringComparer.Ordinal);
    private Heading[] _headings = [];
    private int _capacity = SmallestCapacity;

    /// <param name="producers">Where names clash, an earlier one has precedence.</param>
    public ScrapeRenderer(IEnumerable<IFamilies> producers, ExpositionOptions options, ILogger<ScrapeRenderer> log)
    {
        (_producers, _options, _log) = ([.. producers], options, log);
        _versions = new int[_producers.Length];
        Compose();
    }

    /// <summary>Families left out, because another of their name is of another type or has another help.</summary>
    public int Conflicts { get; private set; }

    /// <summary>Samples left out since the start, because two tables show one metric with equal labels.</summary>
    public long Duplicates => _shown.Duplicates;

    /// <summary>Collects from all producers and writes the page. The caller disposes it, and looks whether it overflowed.</summary>
    public ScrapeBuffer Render(TextFormat format)
    {
        foreach (IFamilies producer in _producers)
        {
            producer.Collect();
        }

        if (HasChanged())
        {
            Compose();
        }

        var page = new ScrapeBuffer(_options.ResponseBytes, _capacity);
        try
        {
            foreach (Heading heading in _headings)
            {
                heading.Write(page, format, _shown);
            }

            if (format == TextFormat.OpenMetrics)
            {
                page.Append("# EOF\n"u8);
            }

            // The next page is likely as large, and a little more.
            _capacity = Math.Max(SmallestCapacity, page.Length + (page.Length / 8));
            return page;
        }
        catch
        {
            page.Dispose();
            throw;
        }
    }

    private bool HasChanged()
    {
        for (int i = 0; i < _producers.Length; i++)
        {
            if (_versions[i] != _producers[i].Version)
            {
                return true;
            }
        }

        return false;
    }

    private void Compose()
    {
        var headings = new List<Heading>();
        var claims = new Dictionary<string, Heading>(StringComparer.Ordinal);
        Conflicts = 0;
        for (int i = 0; i < _producers.Length; i++)
        {
            _versions[i] = _producers[i].Version;
            foreach (Family family in _producers[i].Families)
            {
                Place(family, headings, claims);
            }
        }

        _headings = [.. headings.OrderBy(heading => heading.First.Name, StringComparer.Ordinal)];
    }

    private void Place(Family family, List<Heading> headings, Dictionary<string, Heading> claims)
    {
        string[] names = family.ClaimedNames();
        Heading? taken = names.Select(name => claims.GetValueOrDefault(name)).FirstOrDefault(heading => heading is not null);
        if (taken is null)
        {
            var heading = new Heading(family);
            headings.Add(heading);
            foreach (string name in names)
            {
                claims[name] = heading;
            }
        }
        else if (taken.First.Matches(family))
        {
            taken.Add(family);
        }
        else
        {
            Conflicts++;
            if (_logged.Add($"{family}\n{taken.First}"))
            {
                LogConflict(family.ToString(), family.Help, taken.First.ToString(), taken.First.Help);
            }
        }
    }

    [LoggerMessage(6002, LogLevel.Warning,
        "The {Family} ({Help}) is not shown at /metrics: the {Other} ({OtherHelp}) has its name; one name is one type and one help: rename the metric in the table's schema file")]
    private partial void LogConflict(string family, string help, string other, string otherHelp);
}
