namespace Demo;

/// <summary>What the command line of the demo says.</summary>
internal sealed record DemoOptions
{
    /// <summary>Port on 127.0.0.1. Default 9470; 0 takes any free one.</summary>
    public int Port { get; init; } = 9470;

    /// <summary>Seed of the events. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Operating time of the daemons per real time. Default 1, from 0.01 to 3600.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Folder of the Parquet catalog. Default none: nothing is written.</summary>
    public string? Catalog { get; init; }

    /// <summary>Where the pushing strategy posts to. Default nowhere.</summary>
    public Uri? Push { get; init; }

    /// <summary>Whether faults come by a schedule. Default false.</summary>
    public bool Faults { get; init; }
}
