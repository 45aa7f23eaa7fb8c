using System.Text.RegularExpressions;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Stack;

/// <summary>docker-compose.yml as Compose reads it, held against the repository. No container is run.</summary>
public sealed partial class ComposeTests
{
    [SkippableFact]
    public async Task Services_AllProfiles_AreRestrictedAndBounded()
    {
        Skip.IfNot(ComposeFile.CanBeRead(out string reason), reason);
        IReadOnlyList<Service> services = await ComposeFile.ServicesAsync();

        Assert.Equal(
            ["alertmanager", "collector", "demo", "demo-collector", "grafana", "prometheus", "questdb"],
            services.Select(service => service.Name).Order(StringComparer.Ordinal));
        Assert.All(services, service =>
        {
            Assert.Equal("true", service.Node["read_only"].Text());
            Assert.Equal(["ALL"], service.Node["cap_drop"].Texts());
            Assert.Equal(["no-new-privileges:true"], service.Node["security_opt"].Texts());
            Assert.Equal("unless-stopped", service.Node["restart"].Text());
            Assert.All((string[])["mem_limit", "cpus", "pids_limit"], limit => Assert.NotNull(service.Node.Find(limit)));
            Assert.Null(service.Node.Find("privileged"));
        });
    }

    [SkippableFact]
    public async Task Images_ThatAreNotBuilt_ArePinned()
    {
        Skip.IfNot(ComposeFile.CanBeRead(out string reason), reason);
        IReadOnlyList<Service> services = await ComposeFile.ServicesAsync();

        Assert.All(services.Where(service => !service.IsBuilt), service => Assert.Matches(@"^[a-z]+/[a-z]+:v?\d+\.\d+\.\d+$", service.Image));
        string questdb = services.Single(service => service.Name == "questdb").Image;
        Assert.Contains($"readonly image={questdb}\n", await File.ReadAllTextAsync(RepositoryRoot.Combine("scripts", "questdb.sh")), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Ports_AllOfThem_AreOnLoopback()
    {
        Skip.IfNot(ComposeFile.CanBeRead(out string reason), reason);
        (string Host, string Inside)[] ports = [.. (await ComposeFile.ServicesAsync()).SelectMany(service => service.Ports)];

        Assert.All(ports, port => Assert.StartsWith("127.0.0.1:", port.Host, StringComparison.Ordinal));
        Assert.Equal(ports.Length, ports.Select(port => port.Host).Distinct(StringComparer.Ordinal).Count());
    }

    /// <summary>Who shares a network with whom: exactly those that talk to each other.</summary>
    [SkippableFact]
    public async Task Networks_TwoServices_ShareOneOnlyIfTheyTalk()
    {
        Skip.IfNot(ComposeFile.CanBeRead(out string reason), reason);
        Service[] services = [.. (await ComposeFile.ServicesAsync()).Where(service => service.Node.Find("network_mode") is null)];
        string[] talk =
        [
            "alertmanager collector", // its webhook
            "alertmanager prometheus",
            "collector grafana", // Grafana's webhook
            "collector prometheus",
            "collector questdb",
            "demo prometheus", // the demonstration and its collector have one address
            "demo questdb",
            "grafana questdb",
            "prometheus questdb",
        ];

        string[] shared = [.. services.SelectMany(one => services
            .Where(other => string.CompareOrdinal(one.Name, other.Name) < 0)
            .SelectMany(other => one.Networks.Intersect(other.Networks, StringComparer.Ordinal).Select(_ => $"{one} {other}")))];

        Assert.All(services, service => Assert.NotEmpty(service.Networks));
        Assert.Equal(talk, shared.Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public async Task Mounts_OfTheRepository_AreThere()
    {
        Skip.IfNot(ComposeFile.CanBeRead(out string reason), reason);
        (string Source, string Target)[] mounts = [.. (await ComposeFile.ServicesAsync()).SelectMany(service => service.Mounts)];

        Assert.NotEmpty(mounts);
        Assert.All(mounts, mount => Assert.True(Path.Exists(mount.Source), $"{mount.Source} is mounted and not there"));
        // A container's start script has to be found where its service calls it.
        foreach (Service service in await ComposeFile.ServicesAsync())
        {
            string[] entry = service.Node.Find("entrypoint").Texts();
            Assert.True(entry.Length == 0 || service.Mounts.Any(mount => mount.Target == entry[^1]), $"{service}: {string.Join(' ', entry)} is not mounted");
        }
    }

    [SkippableFact]
    public async Task Dependencies_OnHealth_HaveAHealthCheck()
    {
        Skip.IfNot(ComposeFile.CanBeRead(out string reason), reason);
        IReadOnlyList<Service> services = await ComposeFile.ServicesAsync();
        string dockerfile = await File.ReadAllTextAsync(RepositoryRoot.Combine("Dockerfile"));

        string[] awaited = [.. services.SelectMany(service => service.Node.Find("depends_on").Entries())
            .Where(entry => entry.Value["condition"].Text() == "service_healthy").Select(entry => entry.Key).Distinct(StringComparer.Ordinal)];

        Assert.Equal(["questdb"], awaited);
        // The collector's stands in its image; the demonstration is watched by a collector.
        Assert.Contains("HEALTHCHECK", dockerfile, StringComparison.Ordinal);
        Assert.All(services.Where(service => !service.IsBuilt), service => Assert.NotNull(service.Node.Find("healthcheck")));
    }

    [Fact]
    public void Variables_AreThoseOfTheExample_WithTheSameDefaults()
    {
        (string Name, string Default)[] used = Variable().Matches(File.ReadAllText(ComposeFile.Path))
            .Select(match => (Name: match.Groups["name"].Value, Default: match.Groups["default"].Value)).Distinct().Order().ToArray();
        (string Name, string Default)[] told = Assignment().Matches(File.ReadAllText(RepositoryRoot.Combine(".env.example")))
            .Select(match => (Name: match.Groups["name"].Value, Default: match.Groups["value"].Value)).Order().ToArray();

        Assert.Equal(used, told);
        Assert.Contains(("GRAFANA_PORT", "3000"), told);
    }

    [SkippableFact]
    public async Task Secrets_AreThoseThatTheScriptMakes_AndNeverInTheEnvironment()
    {
        Skip.IfNot(ComposeFile.CanBeRead(out string reason), reason);
        using var folder = new TemporaryFolder();
        await using ChildProcess made = await ChildProcess.RunAsync("bash", [RepositoryRoot.Combine("scripts", "secrets.sh"), folder.Path], TimeSpan.FromSeconds(30));
        Assert.True(made.ExitCode == 0, made.Output);
        IReadOnlyList<Service> services = await ComposeFile.ServicesAsync();

        string[] files = [.. Directory.GetFiles(folder.Path).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        string[] mounted = [.. services.SelectMany(service => service.Secrets).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

        Assert.Equal(files, mounted);
        Assert.All(services, service => Assert.All(service.Environment, variable =>
        {
            const string Secrets = "/run/secrets/";
            int at = variable.Value!.IndexOf(Secrets, StringComparison.Ordinal);
            if (at >= 0)
            {
                Assert.Contains(variable.Value[(at + Secrets.Length)..], service.Secrets, StringComparer.Ordinal);
            }
            else
            {
                Assert.DoesNotMatch("PASSWORD|TOKEN|WEBHOOK", variable.Key);
            }
        }));
    }

    [Fact]
    public void Dockerfile_WhatItCopies_IsThereAndNotIgnored()
    {
        string[] kept = [.. File.ReadAllLines(RepositoryRoot.Combine(".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..].TrimEnd('/'))];
        string[] copied = [.. Copy().Matches(File.ReadAllText(RepositoryRoot.Combine("Dockerfile")))
            .SelectMany(match => match.Groups["paths"].Value.Split(' ')[..^1]).Select(path => path.TrimEnd('/'))];

        Assert.Contains("collector", copied);
        Assert.All(copied, path =>
        {
            Assert.True(Path.Exists(RepositoryRoot.Combine(path)), $"{path} is copied into the image and not there");
            Assert.Contains(path, kept);
        });
        Assert.Equal(copied.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), kept.Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public async Task Dockerfile_Targets_AreThoseThatAreBuilt()
    {
        Skip.IfNot(ComposeFile.CanBeRead(out string reason), reason);
        string dockerfile = await File.ReadAllTextAsync(RepositoryRoot.Combine("Dockerfile"));

        Assert.All((await ComposeFile.ServicesAsync()).Where(service => service.IsBuilt), service =>
            Assert.Contains($" AS {service.Node["build"]["target"].Text()}\n", dockerfile, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\$\{(?<name>[A-Z_]+)(:-(?<default>[^}]*))?\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variable();

    [GeneratedRegex(@"^(?<name>[A-Z_]+)=(?<value>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Assignment();

    [GeneratedRegex(@"^COPY (?<paths>[^-\n].*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Copy();
}
