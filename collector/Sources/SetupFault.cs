namespace Collector.Sources;

/// <summary>One thing that keeps a source from being made.</summary>
/// <param name="Key">The option to blame, relative to the source's section: <c>tables[0].columns[1].column</c>; empty for the section as a whole.</param>
/// <param name="Problem">The problem, worded to follow the key.</param>
public sealed record SetupFault(string Key, string Problem);
