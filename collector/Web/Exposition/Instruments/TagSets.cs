using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Collector.Web.Exposition.Instruments;

/// <summary>
/// Finds the series of a tag set from the span that a measurement brings, without allocating. Tags in another order, or a
/// number for its text, are another key of the same series.
/// </summary>
internal sealed class TagSets
{
    private readonly ConcurrentDictionary<Tag[], InstrumentSeries> _series = new(Comparer.Instance);
    private readonly ConcurrentDictionary<Tag[], InstrumentSeries>.AlternateLookup<ReadOnlySpan<Tag>> _lookup;

    public TagSets() => _lookup = _series.GetAlternateLookup<ReadOnlySpan<Tag>>();

    public bool TryGet(ReadOnlySpan<Tag> tags, [NotNullWhen(true)] out InstrumentSeries? series) => _lookup.TryGetValue(tags, out series);

    public int Count { get; private set; }

    public void Add(ReadOnlySpan<Tag> tags, InstrumentSeries series)
    {
        _series[tags.ToArray()] = series;
        Count++;
    }

    public void Remove(InstrumentSeries series)
    {
        foreach ((Tag[] tags, InstrumentSeries other) in _series)
        {
            if (ReferenceEquals(other, series) && _series.TryRemove(tags, out _))
            {
                Count--;
            }
        }
    }

    /// <summary>The labels of a tag set, by name. Of two tags with one name the last counts.</summary>
    public static byte[] Labels(IEnumerable<Tag>? outer, ReadOnlySpan<Tag> tags)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (Tag tag in (outer ?? []).Concat(tags.ToArray()))
        {
            labels[MetricText.Name(tag.Key)] = Text(tag.Value);
        }

        return MetricText.Labels(labels.Select(label => (label.Key, label.Value)));
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private sealed class Comparer : IEqualityComparer<Tag[]>, IAlternateEqualityComparer<ReadOnlySpan<Tag>, Tag[]>
    {
        public static readonly Comparer Instance = new();

        public bool Equals(Tag[]? x, Tag[]? y) => Equals(x.AsSpan(), y!);

        public int GetHashCode([DisallowNull] Tag[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<Tag> alternate, Tag[] other)
        {
            if (alternate.Length != other.Length)
            {
                return false;
            }

            for (int i = 0; i < other.Length; i++)
            {
                if (alternate[i].Key != other[i].Key || !Equals(alternate[i].Value, other[i].Value))
                {
                    return false;
                }
            }

            return true;
        }

        public int GetHashCode(ReadOnlySpan<Tag> alternate)
        {
            // Values tell tag sets of one instrument apart; its tag names are nearly always the same.
            var hash = new HashCode();
            foreach (Tag tag in alternate)
            {
                hash.Add(tag.Value);
            }

            return hash.ToHashCode();
        }

        public Tag[] Create(ReadOnlySpan<Tag> alternate) => alternate.ToArray();
    }
}
