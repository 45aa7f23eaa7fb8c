namespace Collector.Sources;

/// <summary>What is wrong with one reading: the first five in words, and how many there are more. A page that is wrong is mostly wrong in the same way everywhere.</summary>
internal sealed class Problems
{
    private const int Told = 5;

    private readonly List<string> _first = [];

    public int Count { get; private set; }

    public void Add(string problem)
    {
        if (Count++ < Told)
        {
            _first.Add(problem);
        }
    }

    public override string ToString() => string.Join("; ", _first) + (Count > Told ? $"; and {Count - Told} more" : "");
}
