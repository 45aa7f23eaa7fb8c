using Collector.IntegrationTests.Scripts;
using Collector.IntegrationTests.Support;
using YamlDotNet.RepresentationModel;

namespace Collector.IntegrationTests.Stack;

/// <summary>monitoring/grafana/entrypoint.sh run to its end, with a script in the place of Grafana's own start.</summary>
internal sealed class GrafanaStart : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Provisioning => _folder.Combine("provisioning");

    public string Combine(params string[] parts) => _folder.Combine(parts);

    /// <param name="inBusyBox">With the shell and the tools of Grafana's image, and no others.</param>
    public async Task<ChildProcess> RunAsync(IReadOnlyDictionary<string, string?> variables, bool inBusyBox = false)
    {
        await File.WriteAllTextAsync(_folder.Combine("run.sh"), "#!/bin/sh\necho \"smtp=${GF_SMTP_ENABLED:-} host=${GF_SMTP_HOST:-} database=$QUESTDB_PASSWORD arguments=$*\"\n");
        File.SetUnixFileMode(_folder.Combine("run.sh"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["QUESTDB_PASSWORD"] = "read-only",
            ["GF_PATHS_PROVISIONING"] = Provisioning,
            ["GRAFANA_START"] = _folder.Combine("run.sh"),
        };
        foreach ((string name, string? value) in variables)
        {
            environment[name] = value;
        }

        if (inBusyBox)
        {
            environment["PATH"] = ShellScripts.LinkBusyBox(_folder.Combine("tools"));
        }

        return await ChildProcess.RunAsync(inBusyBox ? _folder.Combine("tools", "sh") : "sh", [RepositoryRoot.Combine("monitoring", "grafana", "entrypoint.sh"), "--more"], ShellScripts.Soon, environment);
    }

    /// <summary>A file of the rendered alerting, in which Grafana expands variables.</summary>
    public YamlNode Alerting(string file) => YamlText.Parse(File.ReadAllText(Path.Combine(Provisioning, "alerting", file)));

    /// <summary>The settings of a channel's contact point, as Grafana sees them; null when it is deleted instead.</summary>
    public Dictionary<string, string>? Settings(string channel)
    {
        YamlNode file = Alerting($"contact-{channel}.yaml");
        if (file.Find("contactPoints") is not { } points)
        {
            YamlNode deleted = Assert.Single((YamlSequenceNode)file["deleteContactPoints"]);
            Assert.Equal($"channel-{channel}", deleted["uid"].Text());
            return null;
        }

        YamlNode point = Assert.Single((YamlSequenceNode)points);
        Assert.Equal(channel, point["name"].Text());
        YamlNode receiver = Assert.Single((YamlSequenceNode)point["receivers"]);
        Assert.Equal($"channel-{channel}", receiver["uid"].Text());
        return receiver["settings"].Entries().ToDictionary(entry => entry.Key, entry => Expanded(entry.Value), StringComparer.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// What Grafana makes of a text: it splits at double dollar signs, expands variables in the parts, and joins them with one
    /// (https://grafana.com/docs/grafana/latest/administration/provisioning/#using-environment-variables). A part without a
    /// dollar sign stays as it is; with one it would be expanded, which no value of ours may be.
    /// </summary>
    private static string Expanded(YamlNode value)
    {
        string[] parts = value.Text().Split("$$");
        Assert.All(parts, part => Assert.DoesNotContain('$', part));
        return string.Join('$', parts);
    }
}
