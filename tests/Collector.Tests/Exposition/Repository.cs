namespace Collector.Tests.Exposition;

internal static class Repository
{
    /// <summary>The folder of <c>Collector.sln</c>, above the test's own.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "Collector.sln"))
        ? folder
        : Find(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside of the repository."));
}
