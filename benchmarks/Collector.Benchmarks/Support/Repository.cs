namespace Collector.Benchmarks.Support;

/// <summary>Files of the repository that the program was built in.</summary>
internal static class Repository
{
    private static readonly Lazy<string> Root = new(() =>
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "Collector.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The benchmarks run from within their repository: there is no Collector.sln above them.");
    });

    public static string File(params string[] path) => Path.Combine([Root.Value, .. path]);
}
