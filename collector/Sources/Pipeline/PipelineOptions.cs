using Collector.Settings;
using Collector.Sources.Gaps;
using Collector.Sources.Http;

namespace Collector.Sources.Pipeline;

/// <summary>The pipeline of a daemon that tells at an HTTP address what it has fetched.</summary>
internal sealed record PipelineOptions : HttpSourceOptions, IChecked
{
    public PipelineOptions() => Interval = TimeSpan.FromSeconds(30);

    /// <summary>The daemon's status page, answering <c>GET</c> with JSON: an http or https address.</summary>
    public required Uri Url { get; init; }

    /// <summary>Where the answer holds the pipeline's object, as a JSON pointer (RFC 6901); an empty one is the whole answer. Default /pipeline.</summary>
    [MayBeEmpty]
    public string Pointer { get; init; } = "/pipeline";

    /// <summary>Bytes of an answer that are read at the most; a longer one is a fault. Default 1 MiB, from 1 KiB to 64 MiB.</summary>
    [Between("1KiB", "64MiB")]
    public ByteSize MaxBytes { get; init; } = ByteSize.MiB(1);

    /// <summary>How long which data may be silent.</summary>
    public GapOptions Gaps { get; init; } = new();

    public IEnumerable<(string Key, string Problem)> Check()
    {
        foreach ((string, string) fault in CredentialFaults())
        {
            yield return fault;
        }

        if (JsonPointer.Problem(Pointer) is { } problem)
        {
            yield return ("pointer", problem);
        }

        foreach ((string Key, string Problem) gap in Gaps.Problems("gaps"))
        {
            yield return gap;
        }
    }
}
