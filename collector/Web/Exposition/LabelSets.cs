using Collector.Lines;

namespace Collector.Web.Exposition;

/// <summary>
/// Label sets written under one heading. Two tables may show one metric with equal labels; Prometheus takes one sample of
/// a series a scrape, so the second is left out.
/// </summary>
public sealed class LabelSets
{
    private readonly HashSet<byte[]> _sets = new(ByteKeys.Instance);

    /// <summary>Samples left out since the start.</summary>
    public long Duplicates { get; private set; }

    public bool Add(byte[] labels)
    {
        if (_sets.Add(labels))
        {
            return true;
        }

        Duplicates++;
        return false;
    }

    public void Clear() => _sets.Clear();
}
