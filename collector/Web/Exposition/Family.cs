namespace Collector.Web.Exposition;

/// <summary>
/// A metric family as one producer has it: what stands in its <c>HELP</c> and <c>TYPE</c> lines, and its samples. Two
/// producers may have the same family; the page then writes their samples under one heading.
/// </summary>
public abstract class Family
{
    /// <param name="name">As samples spell it; a counter gets <c>_total</c> where it has none.</param>
    protected Family(string name, FamilyType type, string help)
    {
        name = MetricText.Name(name);
        Type = type;
        Help = help;
        if (type == FamilyType.Counter)
        {
            BaseName = name.EndsWith("_total", StringComparison.Ordinal) ? name[..^"_total".Length] : name;
            Name = BaseName + "_total";
        }
        else
        {
            BaseName = Name = name;
        }
    }

    /// <summary>The name samples have.</summary>
    public string Name { get; }

    /// <summary>The family's name in OpenMetrics: a counter's without <c>_total</c>.</summary>
    public string BaseName { get; }

    public FamilyType Type { get; }

    public string Help { get; }

    /// <summary>Writes what was collected last.</summary>
    /// <param name="shown">Label sets already written under this heading, where other producers have the family as well; else null.</param>
    public abstract void WriteSamples(ScrapeBuffer page, LabelSets? shown);

    /// <summary>True when samples of both may stand under one heading.</summary>
    public bool Matches(Family other) => Type == other.Type && Name == other.Name && Help == other.Help;

    /// <summary>Every name that the family's headings and samples use, in either format.</summary>
    public string[] ClaimedNames() => Type switch
    {
        FamilyType.Counter => [BaseName, Name],
        FamilyType.Histogram => [Name, Name + "_bucket", Name + "_sum", Name + "_count"],
        _ => [Name],
    };

    public override string ToString() => $"{Type.ToString().ToLowerInvariant()} {Name}";
}
