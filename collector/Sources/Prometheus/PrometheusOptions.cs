using System.ComponentModel.DataAnnotations;
using Collector.Settings;
using Collector.Sources.Http;

namespace Collector.Sources.Prometheus;

/// <summary>How a page is read whose content type is missing or names no format of metrics.</summary>
internal enum FallbackFormat
{
    /// <summary>As Prometheus' text format 0.0.4.</summary>
    Text,

    /// <summary>As OpenMetrics 1.0.</summary>
    Openmetrics,

    /// <summary>Not at all: it is a fault.</summary>
    Refuse,
}

/// <summary>Which samples go to <c>scraped_metrics</c>.</summary>
internal enum RawSamples
{
    /// <summary>All that the filters keep.</summary>
    All,

    /// <summary>Those that no entry of <c>tables</c> takes.</summary>
    Unmapped,

    /// <summary>None.</summary>
    None,
}

/// <summary>A page of metrics, as exporters for Prometheus show it.</summary>
internal sealed record PrometheusOptions : HttpSourceOptions, IChecked
{
    /// <summary>A page a quarter of a minute, as Prometheus' users have it.</summary>
    public PrometheusOptions() => Interval = TimeSpan.FromSeconds(15);

    /// <summary>The page, answering <c>GET</c>: an http or https address, such as http://127.0.0.1:9100/metrics.</summary>
    public required Uri Url { get; init; }

    /// <summary>The key <c>job</c> of its rows, at most 255 characters. Default: the source's name.</summary>
    [StringLength(255)]
    public string? Job { get; init; }

    /// <summary>The key <c>instance</c> of its rows, at most 255 characters. Default: host and port of the address.</summary>
    [StringLength(255)]
    public string? Instance { get; init; }

    /// <summary>Bytes of a page, unpacked, that are read at the most; a longer one is a fault. Default 16 MiB, from 1 KiB to 256 MiB.</summary>
    [Between("1KiB", "256MiB")]
    public ByteSize MaxBytes { get; init; } = ByteSize.MiB(16);

    /// <summary>Samples of a page, before the filters; a page with more is a fault, and nothing of it is taken. Default 200000, from 1 to 2000000.</summary>
    [Range(1, 2_000_000)]
    public int MaxSamples { get; init; } = 200_000;

    /// <summary>Whether a sample's own timestamp counts; else the instant at which the page was read. Default true.</summary>
    public bool HonorTimestamps { get; init; } = true;

    /// <summary>How a page is read whose content type is missing or names no format of metrics. Default <c>text</c>.</summary>
    public FallbackFormat Fallback { get; init; } = FallbackFormat.Text;

    /// <summary>Regular expressions: only metrics whose whole name matches one are taken. Default: all.</summary>
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary>Regular expressions: metrics whose whole name matches one are passed over. Default: none.</summary>
    public IReadOnlyList<string> Drop { get; init; } = [];

    /// <summary>Regular expressions by label: only samples that match each of them are taken; a label that is missing is the empty text. Default: all.</summary>
    public IReadOnlyDictionary<string, string> KeepLabels { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Regular expressions by label: samples that match one of them are passed over. Default: none.</summary>
    public IReadOnlyDictionary<string, string> DropLabels { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Which samples go to <c>scraped_metrics</c>. Default <c>all</c>.</summary>
    public RawSamples Raw { get; init; } = RawSamples.All;

    /// <summary>Tables of their own that samples fill, besides or instead of <c>scraped_metrics</c>. Default: none.</summary>
    public IReadOnlyList<TableMapOptions> Tables { get; init; } = [];

    public IEnumerable<(string Key, string Problem)> Check()
    {
        foreach ((string, string) fault in CredentialFaults())
        {
            yield return fault;
        }

        foreach ((string key, string pattern) in
            Keep.Select(pattern => ("keep", pattern)).Concat(Drop.Select(pattern => ("drop", pattern)))
                .Concat(KeepLabels.Select(label => ($"keep_labels.{label.Key}", label.Value)))
                .Concat(DropLabels.Select(label => ($"drop_labels.{label.Key}", label.Value))))
        {
            if (Pattern.Problem(pattern) is { } problem)
            {
                yield return (key, problem);
            }
        }

        if (Raw == RawSamples.None && Tables.Count == 0)
        {
            yield return ("raw", "leaves nothing to be stored; name tables, or take it out");
        }
    }
}
