namespace Collector.Testing;

/// <summary>Where the repository stands, for tests that hold its files against the program.</summary>
internal static class Repository
{
    public static string Folder { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string from) =>
        File.Exists(Path.Combine(from, "Collector.sln")) ? from : Find(Path.GetDirectoryName(from) ?? throw new InvalidOperationException("The tests do not run within the repository."));
}
