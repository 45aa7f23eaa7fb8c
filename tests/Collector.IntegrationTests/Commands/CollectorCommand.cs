using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Commands;

/// <summary>One call of the built program, to its end, with a configuration of the test's own.</summary>
internal sealed class CollectorCommand : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="sections">What the test wants beside folders, listener and one source, as YAML.</param>
    public CollectorCommand(params string[] sections)
    {
        Port = FreePort.Next();
        File.WriteAllText(
            ConfigFile,
            $"""
            data_dir: data
            schemas_dir: {RepositoryRoot.Combine("schemas")}
            http:
              listen: 127.0.0.1:{Port}
            gateway:
              listen: 127.0.0.1:{FreePort.Next()}

            """ + string.Join('\n', sections.Prepend(sections.Any(section => section.StartsWith("sources:", StringComparison.Ordinal)) ? "" : "sources:\n  host:\n    - interval: 1s")) + "\n");
    }

    public int Port { get; }

    public string ConfigFile => _folder.Combine("collector.yaml");

    public string DataFolder => _folder.Combine("data");

    /// <summary>QuestDB as the store, without patience.</summary>
    public static string QuestDb(Uri url, string? password = null) =>
        $"store:\n  type: questdb\n  questdb:\n    url: {url}\n    request_timeout: 10s\n" + (password is null ? "" : $"    username: ada\n    password: {password}\n");

    public static Task<ChildProcess> RunAsync(params string[] arguments) => RunAsync(new Dictionary<string, string?>(StringComparer.Ordinal), arguments);

    public static async Task<ChildProcess> RunAsync(IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        var child = ChildProcess.StartProgram("collector/App", "collector", arguments, environment);
        await child.WaitForExitAsync(CollectorProcess.Soon);
        return child;
    }

    /// <summary>Runs a command on the configuration.</summary>
    public Task<ChildProcess> CallAsync(params string[] command) => RunAsync([.. command, "--config", ConfigFile]);

    public void Dispose() => _folder.Dispose();
}
