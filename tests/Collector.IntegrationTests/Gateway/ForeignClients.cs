using System.Diagnostics.CodeAnalysis;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Gateway;

/// <summary>
/// Clients that this project did not write. Those for Node.js are installed once, by <c>npm ci</c> into a folder of the
/// tests' own; QuestDB's Java client is in the folder that <c>QUESTDB_CLIENT</c> names.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "DisposeAsync of IAsyncLifetime disposes of it.")]
public sealed class ForeignClients : IAsyncLifetime
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();
    private string? _noNode = "npm ci was not tried";

    private static string Source => RepositoryRoot.Combine("tests", "Collector.IntegrationTests", "Gateway", "clients");

    public async Task InitializeAsync()
    {
        foreach (string file in Directory.EnumerateFiles(Source))
        {
            File.Copy(file, _folder.Combine(Path.GetFileName(file)));
        }

        if (!IsOnPath("npm") || !IsOnPath("node"))
        {
            _noNode = "the clients for Node.js need node and npm on the PATH";
            return;
        }

        await using var install = ChildProcess.Start("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], workingFolder: _folder.Path);
        int code = await install.WaitForExitAsync(LongEnough);
        _noNode = code == 0 ? null : $"npm ci ended with {code}, so that the clients for Node.js are not there: {install.Output}";
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Runs a script of the folder; it has to end well. Skips the test where it cannot be run.</summary>
    public Task RunNodeAsync(string script, params string[] arguments)
    {
        Skip.IfNot(_noNode is null, _noNode ?? "");
        return RunAsync("node", [_folder.Combine(script), .. arguments]);
    }

    /// <summary>Runs the Java source; it has to end well. Skips the test where it cannot be run.</summary>
    public Task RunJavaAsync(params string[] arguments)
    {
        string? jars = Environment.GetEnvironmentVariable("QUESTDB_CLIENT");
        Skip.If(string.IsNullOrEmpty(jars), "QUESTDB_CLIENT is not set: it names the folder of QuestDB's Java client and what it needs.");
        Skip.IfNot(IsOnPath("javac"), "a JDK is needed to run QuestDB's Java client from a source file");
        return RunAsync("java", ["-cp", Path.Combine(jars!, "*"), _folder.Combine("Send.java"), .. arguments]);
    }

    /// <summary>Runs curl, and returns what it printed.</summary>
    public static async Task<string> CurlAsync(params string[] arguments)
    {
        Skip.IfNot(IsOnPath("curl"), "curl is needed");
        return await RunAsync("curl", ["--silent", "--show-error", .. arguments]);
    }

    private static async Task<string> RunAsync(string program, IEnumerable<string> arguments)
    {
        await using var child = ChildProcess.Start(program, arguments);
        int code = await child.WaitForExitAsync(LongEnough);
        Assert.True(code == 0, $"{program} ended with {code}:\n{child.Output}");
        return child.Output;
    }

    private static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, program)));
}
