namespace Collector.IntegrationTests.Support;

/// <summary>The folder that holds the solution, found from where the tests run.</summary>
public static class RepositoryRoot
{
    private static readonly Lazy<string> Found = new(Find);

    /// <summary>The folder's path.</summary>
    public static string Path => Found.Value;

    /// <summary>The path of a file or folder in the repository.</summary>
    public static string Combine(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>The program that a project of the repository builds, of the configuration that the tests were built in.</summary>
    public static string Program(string project, string assembly)
    {
        // The tests run from <project>/bin/<configuration>/<framework>/.
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(System.IO.Path.DirectorySeparatorChar));
        return Combine(project, "bin", output.Parent!.Name, output.Name, assembly + ".dll");
    }

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Collector.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Collector.sln.");
    }
}
