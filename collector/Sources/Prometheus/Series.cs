namespace Collector.Sources.Prometheus;

/// <summary>What is known of a series once it was seen: where its samples go. Kept from one reading to the next.</summary>
internal sealed class Series(string name, string labels)
{
    private string? _shown;

    public string Name { get; } = name;

    /// <summary>Its labels as one text, sorted.</summary>
    public string Labels { get; } = labels;

    /// <summary>Passed over by the filters.</summary>
    public bool IsDropped { get; init; }

    /// <summary>Why none of its samples can be stored; null where they can.</summary>
    public LeftOut? Refusal { get; init; }

    /// <summary>Its samples go to <c>scraped_metrics</c>.</summary>
    public bool IsRaw { get; init; }

    /// <summary>The columns of typed tables that its samples fill.</summary>
    public Cell[] Cells { get; init; } = [];

    /// <summary>Number of the last reading with a sample of it.</summary>
    public long LastRead { get; set; }

    public override string ToString() => _shown ??= Labels.Length == 0 ? Name : $"{Name}{{{Labels}}}";
}
