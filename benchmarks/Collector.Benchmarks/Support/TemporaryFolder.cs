namespace Collector.Benchmarks.Support;

/// <summary>A folder that goes with the benchmark, however it ends (but by SIGKILL).</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly EventHandler _atExit;

    /// <param name="parent">Where it is made; the system's temporary folder by default.</param>
    public TemporaryFolder(string? parent = null)
    {
        Path = System.IO.Path.Combine(parent ?? System.IO.Path.GetTempPath(), $"collector-bench-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path);
        _atExit = (_, _) =>
        {
            Children.KillAll(); // or they would go on writing to it
            Delete();
        };
        AppDomain.CurrentDomain.ProcessExit += _atExit;
    }

    public string Path { get; }

    public string Sub(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= _atExit;
        Delete();
    }

    private void Delete()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
