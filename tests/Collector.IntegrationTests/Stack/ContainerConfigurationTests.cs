using System.CommandLine;
using System.Text.RegularExpressions;
using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;
using Demo;
using YamlDotNet.RepresentationModel;

namespace Collector.IntegrationTests.Stack;

/// <summary>The configurations that the containers' collectors get, checked by the collector itself.</summary>
public sealed partial class ContainerConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _secrets = new();

    [SkippableTheory]
    [InlineData("collector")]
    [InlineData("demo-collector")]
    public async Task Check_AsMounted_FindsNoFault(string name)
    {
        Skip.IfNot(ComposeFile.CanBeRead(out string reason), reason);
        Service service = (await ComposeFile.ServicesAsync()).Single(each => each.Name == name);
        await MakeSecretsAsync(service);
        (string source, string target) = service.Mounts.Single(mount => "/etc/collector/collector.yaml".StartsWith(mount.Target, StringComparison.Ordinal));
        string mounted = target.EndsWith(".yaml", StringComparison.Ordinal) ? source : Path.Combine(source, "collector.yaml");
        string file = _secrets.Combine($"{name}.yaml");
        await File.WriteAllTextAsync(file, Here(await File.ReadAllTextAsync(mounted)));
        var environment = service.Environment.ToDictionary(variable => variable.Key, variable => (string?)Here(variable.Value!), StringComparer.Ordinal);

        await using var check = ChildProcess.StartProgram("collector/App", "collector", CollectorProcess.Arguments("check", file), environment);
        int code = await check.WaitForExitAsync(CollectorProcess.Soon);

        Assert.True(code == 0, check.Output);
        Assert.Contains("store questdb", check.Output, StringComparison.Ordinal);
    }

    /// <summary>What is published, exposed, asked by the health check and scraped is where the collector listens.</summary>
    [SkippableFact]
    public async Task Ports_OfTheCollector_AreThoseItListensAt()
    {
        Skip.IfNot(ComposeFile.CanBeRead(out string reason), reason);
        string[] published = [.. (await ComposeFile.ServicesAsync()).Single(service => service.Name == "collector").Ports.Select(port => port.Inside)];
        string config = await File.ReadAllTextAsync(RepositoryRoot.Combine("monitoring", "collector", "collector.yaml"));
        string dockerfile = await File.ReadAllTextAsync(RepositoryRoot.Combine("Dockerfile"));
        string prometheus = await File.ReadAllTextAsync(RepositoryRoot.Combine("monitoring", "prometheus", "prometheus.yml"));

        Assert.Equal(published, Listen().Matches(config).Select(match => match.Groups["port"].Value));
        Assert.Contains($"EXPOSE {string.Join(' ', published)}\n", dockerfile, StringComparison.Ordinal);
        Assert.Contains($"targets: [collector:{published[0]}]", prometheus, StringComparison.Ordinal);
    }

    /// <summary>
    /// The demo and the collector that watches it, in two containers and by the configuration that scripts/run.sh uses on one
    /// machine: what they share there has to be shared here.
    /// </summary>
    [SkippableFact]
    public async Task Demo_AndTheCollectorThatWatchesIt_ShareWhatTheConfigurationSays()
    {
        Skip.IfNot(ComposeFile.CanBeRead(out string reason), reason);
        IReadOnlyList<Service> services = await ComposeFile.ServicesAsync();
        Service demo = services.Single(service => service.Name == "demo");
        Service collector = services.Single(service => service.Name == "demo-collector");
        string text = await File.ReadAllTextAsync(RepositoryRoot.Combine("demo", "collector.yaml"));
        YamlNode config = YamlText.Parse(text);

        ParseResult command = DemoCommand.Create(_ => Task.FromResult(0)).Parse([.. demo.Node["command"].Texts()]);
        Assert.Empty(command.Errors);
        DemoOptions options = DemoCommand.Read(command);
        Assert.Equal("service:demo", collector.Node["network_mode"].Text());
        string[] asked = [.. Authority().Matches(text[text.IndexOf("\nsources:", StringComparison.Ordinal)..]).Select(match => match.Value).Distinct(StringComparer.Ordinal)];
        Assert.Equal([$"127.0.0.1:{options.Port}"], asked);
        // Daemons at a loopback address: the collector reads the process that they name.
        Assert.Equal("service:demo", collector.Node["pid"].Text());
        Assert.Equal($"http://{config["gateway"]["listen"].Text()}/write", options.Push?.ToString());
        // The gaps of its sources are those of this speed.
        Assert.Contains($"of --speed {options.Speed}", text, StringComparison.Ordinal);
        (string catalog, string read) = collector.Volumes.Single(volume => volume.Target == collector.Environment["COLLECTOR__SOURCES__STORAGE__PATH"]);
        Assert.Equal((catalog, options.Catalog), demo.Volumes.Single());
        Assert.Contains($"--chown=$APP_UID:$APP_UID /out/catalog/ {read}/\n", await File.ReadAllTextAsync(RepositoryRoot.Combine("Dockerfile")), StringComparison.Ordinal);
    }

    public void Dispose() => _secrets.Dispose();

    private string Here(string text) => text
        .Replace("/run/secrets", _secrets.Path, StringComparison.Ordinal)
        .Replace("/app/schemas", RepositoryRoot.Combine("schemas"), StringComparison.Ordinal);

    private async Task MakeSecretsAsync(Service service)
    {
        // Only those that the service is given: one that the configuration asks for besides is a fault.
        foreach (string secret in service.Secrets)
        {
            await File.WriteAllTextAsync(_secrets.Combine(secret), "0123456789abcdef");
        }
    }

    [GeneratedRegex(@"listen: 0\.0\.0\.0:(?<port>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Listen();

    [GeneratedRegex(@"127\.0\.0\.1:\d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Authority();
}
