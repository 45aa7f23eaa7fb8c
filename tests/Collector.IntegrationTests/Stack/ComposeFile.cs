using Collector.IntegrationTests.Scripts;
using Collector.IntegrationTests.Support;
using YamlDotNet.RepresentationModel;

namespace Collector.IntegrationTests.Stack;

/// <summary>docker-compose.yml with all its profiles, as Compose itself reads it: merged, and with its variables filled in.</summary>
internal static class ComposeFile
{
    public static readonly string[] Profiles = ["demo", "prometheus"];

    public static string Path => RepositoryRoot.Combine("docker-compose.yml");

    /// <summary>Either generation of Compose can read it.</summary>
    public static bool CanBeRead(out string reason)
    {
        reason = "docker-compose is not installed";
        return ShellScripts.Has("docker-compose");
    }

    /// <param name="environment">Variables besides those of <c>.env.example</c>.</param>
    public static async Task<ChildProcess> ConfigAsync(IReadOnlyDictionary<string, string?>? environment = null) => await ChildProcess.RunAsync(
        "docker-compose",
        ["--env-file", RepositoryRoot.Combine(".env.example"), "-f", Path, .. Profiles.SelectMany(profile => (string[])["--profile", profile]), "config"],
        ShellScripts.Soon,
        environment);

    public static async Task<IReadOnlyList<Service>> ServicesAsync()
    {
        await using ChildProcess config = await ConfigAsync();
        Assert.True(config.ExitCode == 0, config.Output);
        string written = config.Output[config.Output.IndexOf("secrets:", StringComparison.Ordinal)..];
        return [.. YamlText.Parse(written)["services"].Entries().Select(entry => new Service(entry.Key, entry.Value))];
    }
}

/// <summary>A service of the compose file.</summary>
internal sealed record Service(string Name, YamlNode Node)
{
    public string Image => Node["image"].Text();

    public bool IsBuilt => Node.Find("build") is not null;

    /// <summary>What is mounted from the repository: its path here, and within the container.</summary>
    public (string Source, string Target)[] Mounts => [.. Node.Find("volumes").Texts()
        .Select(mount => mount.Split(':'))
        .Where(parts => parts[0].StartsWith('/'))
        .Select(parts => (parts[0], parts[1]))];

    /// <summary>The volumes, and where in the container each is.</summary>
    public (string Volume, string Target)[] Volumes => [.. Node.Find("volumes").Texts()
        .Select(mount => mount.Split(':'))
        .Where(parts => !parts[0].StartsWith('/'))
        .Select(parts => (parts[0], parts[1]))];

    public string[] Secrets => Node.Find("secrets") is YamlSequenceNode secrets ? [.. secrets.Select(secret => secret["source"].Text())] : [];

    public string[] Networks => [.. Node.Find("networks").Entries().Select(entry => entry.Key)];

    public Dictionary<string, string?> Environment => Node.Find("environment").Entries()
        .ToDictionary(entry => entry.Key, entry => (string?)entry.Value.Text(), StringComparer.Ordinal);

    /// <summary>Host address and port, and the container's port.</summary>
    public (string Host, string Inside)[] Ports => [.. Node.Find("ports").Texts()
        .Select(port => port.Split('/')[0])
        .Select(port => (port[..port.LastIndexOf(':')], port[(port.LastIndexOf(':') + 1)..]))];

    public override string ToString() => Name;
}
