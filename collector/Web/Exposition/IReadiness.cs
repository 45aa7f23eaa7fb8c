namespace Collector.Web.Exposition;

/// <summary>A part of the collector that may not be ready.</summary>
public interface IReadiness
{
    /// <summary>The part, in one word: spool, delivery.</summary>
    string Name { get; }

    /// <summary>Why the part is not ready, in plain words for the one who is woken up; null while it is.</summary>
    string? NotReadyBecause { get; }
}

/// <summary>A part that knows nothing of health: what it says is asked for.</summary>
public sealed class Readiness(string name, Func<string?> notReadyBecause) : IReadiness
{
    public string Name => name;

    public string? NotReadyBecause => notReadyBecause();
}
