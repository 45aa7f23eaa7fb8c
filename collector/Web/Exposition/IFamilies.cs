namespace Collector.Web.Exposition;

/// <summary>A producer of families. The page calls it from one thread at a time.</summary>
public interface IFamilies
{
    /// <summary>Grows whenever <see cref="Families"/> changes.</summary>
    int Version { get; }

    /// <summary>All families there are, with samples or without, in an order that does not depend on chance.</summary>
    IReadOnlyList<Family> Families { get; }

    /// <summary>Takes the values that <see cref="Family.WriteSamples"/> will write, all at one instant.</summary>
    void Collect();
}
