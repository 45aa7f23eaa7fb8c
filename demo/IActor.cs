namespace Demo;

/// <summary>
/// A part of the simulation. What it does is decided by seed, faults and time alone, and not by how often it is asked:
/// whoever advances it in one step or in many finds the same.
/// </summary>
internal interface IActor : IDisposable
{
    /// <summary>Lets everything happen that is due up to this time since the start; returns when the next is.</summary>
    TimeSpan AdvanceTo(TimeSpan elapsed);
}
