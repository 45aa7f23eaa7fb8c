namespace Collector.Testing;

/// <summary>
/// Tests that measure the whole heap: they run one by one after all others, whose memory would count with theirs.
/// </summary>
[CollectionDefinition(Collection, DisableParallelization = true)]
public sealed class WholeHeap
{
    public const string Collection = "whole heap";
}
