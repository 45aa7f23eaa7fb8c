using System.ComponentModel.DataAnnotations;
using Collector.Settings;

namespace Collector.Tests.Settings;

internal enum OverflowChoice
{
    Refuse,
    DropOldest,
}

/// <summary>Everything that the sample collector can be told.</summary>
internal sealed record SampleOptions
{
    /// <summary>Where rows go. <b>Two</b> kinds of store, see <see cref="OverflowChoice"/>.</summary>
    public SampleStore Store { get; init; } = new();

    public SampleSpool Spool { get; init; } = new() { Segment = ByteSize.MiB(16) };

    /// <summary>Address of <c>/metrics</c>.</summary>
    public HostPort Listen { get; init; } = new("127.0.0.1", 9464);

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public SampleTls? Tls { get; init; }

    [Length(1, 3)]
    public IReadOnlyList<SampleTarget> Targets { get; init; } = [new() { Name = "first" }];
}

internal sealed record SampleStore
{
    [Named("questdb")]
    public SampleQuestDb? QuestDb { get; init; }

    [RegularExpression("^[a-z_]+$")]
    public string Table { get; init; } = "readings";
}

internal sealed record SampleQuestDb
{
    /// <summary>The address of the HTTP port.</summary>
    public required Uri Url { get; init; }

    public string? User { get; init; }

    [MinLength(6)]
    public Secret? Password { get; init; }

    public IReadOnlyDictionary<string, Secret> Headers { get; init; } = new Dictionary<string, Secret>(StringComparer.Ordinal);
}

internal sealed record SampleSpool : IChecked
{
    [Between("1MiB", "1TiB")]
    public ByteSize Bytes { get; init; } = ByteSize.GiB(1);

    [Between("64KiB", null)]
    public ByteSize Segment { get; init; } = ByteSize.MiB(64);

    public OverflowChoice WhenFull { get; init; }

    public bool Compress { get; init; } = true;

    public IEnumerable<(string Key, string Problem)> Check()
    {
        if (Segment.Bytes > Bytes.Bytes)
        {
            yield return ("segment", $"{Segment} is more than the whole spool; write at most the {Bytes} of 'bytes'");
        }
    }
}

internal sealed record SampleTls
{
    public required string Certificate { get; init; }

    public required string Key { get; init; }
}

internal sealed record SampleTarget
{
    public required string Name { get; init; }

    /// <summary>Time between two readings.</summary>
    [Between("1s", "1h")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    [Range(1, 100)]
    public int Rows { get; init; } = 50;

    [Range(0, long.MaxValue)]
    public long Offset { get; init; }

    [Range(0.0, 1.0)]
    public double Ratio { get; init; } = 0.5;

    public int? Limit { get; init; }

    public OverflowChoice? OnError { get; init; }

    public IReadOnlyList<TimeSpan> Buckets { get; init; } = [];

    [RegularExpression("^[a-z]+$", ErrorMessage = "has other than lower-case letters")]
    public string[] Tags { get; init; } = [];

    [MayBeEmpty]
    public string Suffix { get; init; } = "x";

    [Schemes("ws", "wss")]
    public Uri? Feed { get; init; }
}

/// <summary>Options of the sample's <c>host</c> source.</summary>
internal sealed record SampleHost
{
    [Between("1s", "1h")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);
}

internal sealed record SampleDaemon
{
    public required string Command { get; init; }

    [Between("1s", "1h")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);
}
