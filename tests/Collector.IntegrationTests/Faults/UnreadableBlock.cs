using System.Globalization;
using Collector.IntegrationTests.Scripts;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Faults;

/// <summary>A bad sector under a file of a collector's, by a library that is preloaded; compiled where there is a compiler.</summary>
internal static class UnreadableBlock
{
    /// <summary>The variables of a process that cannot read 4 KiB of the file.</summary>
    public static async Task<Dictionary<string, string?>> OfAsync(string file, long offset, string folder)
    {
        Skip.IfNot(ShellScripts.Has("gcc"), "gcc is not installed");
        string library = Path.Combine(folder, "unreadable.so");
        await RunAsync("gcc", "-shared", "-fPIC", "-o", library, RepositoryRoot.Combine("tests", "Collector.IntegrationTests", "Faults", "unreadable.c"), "-ldl");
        return new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["LD_PRELOAD"] = library,
            ["UNREADABLE_INODE"] = (await RunAsync("stat", "--format=%i", file)).Trim(),
            ["UNREADABLE_AT"] = offset.ToString(CultureInfo.InvariantCulture),
        };
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        await using ChildProcess run = await ChildProcess.RunAsync(program, arguments, ShellScripts.Soon);
        Assert.True(run.ExitCode == 0, run.Output);
        return run.Output;
    }
}
