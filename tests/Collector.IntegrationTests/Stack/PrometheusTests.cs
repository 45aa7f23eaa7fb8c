using System.Text.RegularExpressions;
using Collector.IntegrationTests.Scripts;
using Collector.IntegrationTests.Support;
using YamlDotNet.RepresentationModel;

namespace Collector.IntegrationTests.Stack;

/// <summary>What Prometheus and Alertmanager are given, checked by their own tools.</summary>
public sealed partial class PrometheusTests
{
    private static readonly string Folder = RepositoryRoot.Combine("monitoring", "prometheus");

    public static TheoryData<string> Combinations => [.. Channels.Combinations.Select(channels => string.Join(' ', channels))];

    [SkippableFact]
    public async Task Config_AndRules_ArePromtoolsOwn()
    {
        Skip.IfNot(ShellScripts.Has("promtool"), "promtool is not installed (Debian: prometheus)");
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Combine("token"), "secret");
        string config = await File.ReadAllTextAsync(Path.Combine(Folder, "prometheus.yml"));
        await File.WriteAllTextAsync(folder.Combine("prometheus.yml"), Secret().Replace(config, folder.Combine("token")));
        File.Copy(Path.Combine(Folder, "rules.yml"), folder.Combine("rules.yml"));

        await AssertRunsAsync("promtool", "check", "config", folder.Combine("prometheus.yml"));
        await AssertRunsAsync("promtool", "check", "rules", "--lint-fatal", folder.Combine("rules.yml"));
        await AssertRunsAsync("promtool", "test", "rules", Path.Combine(Folder, "rules_test.yml"));
    }

    [Fact]
    public async Task Rules_EachAlert_IsTestedAndSaysWhatToDo()
    {
        string test = await File.ReadAllTextAsync(Path.Combine(Folder, "rules_test.yml"));
        YamlNode rules = YamlText.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "rules.yml")))["groups"];

        foreach (YamlNode? rule in ((YamlDotNet.RepresentationModel.YamlSequenceNode)rules).SelectMany(group => (YamlDotNet.RepresentationModel.YamlSequenceNode)group["rules"]))
        {
            Assert.Contains(rule["alert"].Text(), test, StringComparison.Ordinal);
            Assert.NotEmpty(rule["annotations"]["summary"].Text());
            Assert.NotEmpty(rule["annotations"]["runbook"].Text());
            Assert.Matches("critical|warning", rule["labels"]["severity"].Text());
        }
    }

    /// <summary>The metrics of the rules are among those that the program has: docs/operations.md and the schema files list them, and tests hold both to it.</summary>
    [Fact]
    public async Task Rules_Metrics_AreTheCollectorsOwn()
    {
        string known = await File.ReadAllTextAsync(RepositoryRoot.Combine("docs", "operations.md"))
            + string.Concat(Directory.GetFiles(RepositoryRoot.Combine("schemas"), "*.sql").Select(File.ReadAllText)) + " `up` ";
        string[] used = [.. Expression().Matches(await File.ReadAllTextAsync(Path.Combine(Folder, "rules.yml")))
            .SelectMany(match => MetricName().Matches(match.Value)).Select(match => match.Value).Distinct(StringComparer.Ordinal)];

        Assert.Contains("collector_store_up", used);
        Assert.Contains("exchange_connected", used);
        Assert.All(used, name => Assert.Matches($@"[ `\[]({name})[`,\] ]", known));
    }

    [SkippableTheory]
    [MemberData(nameof(Combinations))]
    public async Task Alertmanager_EachCombination_IsTakenAndRoutesBySeverity(string combination)
    {
        Skip.IfNot(ShellScripts.Has("amtool"), "amtool is not installed (Debian: prometheus-alertmanager)");
        string[] channels = combination.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        using var folder = new TemporaryFolder();
        string config = await RenderAsync(folder, Channels.Environment(channels));

        await AssertRunsAsync("amtool", "check-config", config);
        string fallback = channels.Length > 0 ? channels[0] : "collector";
        Assert.Equal(channels.Length > 0 ? string.Join(',', channels) : "collector", await RouteAsync(config, "severity=critical"));
        Assert.Equal(fallback, await RouteAsync(config, "severity=warning"));
        Assert.Equal(fallback, await RouteAsync(config, "alertname=unlabelled"));
    }

    [SkippableFact]
    public async Task Alertmanager_HostileValues_AreKept()
    {
        Skip.IfNot(ShellScripts.Has("amtool"), "amtool is not installed (Debian: prometheus-alertmanager)");
        foreach (string odd in Channels.Hostile)
        {
            using var folder = new TemporaryFolder();
            Dictionary<string, string?> environment = Channels.Environment("telegram");
            environment["TELEGRAM_BOT_TOKEN"] = $"1:{odd}z";
            string config = await RenderAsync(folder, environment);

            await AssertRunsAsync("amtool", "check-config", config);
            Assert.Equal($"1:{odd}z", YamlText.Parse(await File.ReadAllTextAsync(config))["receivers"][1]["telegram_configs"][0]["bot_token"].Text());
        }
    }

    [SkippableFact]
    public async Task Alertmanager_ChatThatIsNoNumber_LeavesTelegramOut()
    {
        Skip.IfNot(ShellScripts.Has("amtool"), "amtool is not installed (Debian: prometheus-alertmanager)");
        using var folder = new TemporaryFolder();
        Dictionary<string, string?> environment = Channels.Environment("telegram", "discord");
        environment["TELEGRAM_CHAT_ID"] = "@channel";
        string config = await RenderAsync(folder, environment);

        await AssertRunsAsync("amtool", "check-config", config);
        Assert.Equal("discord", await RouteAsync(config, "severity=critical"));
    }

    /// <summary>With the image's shell and tools, without amtool: the script's own checks have to find each fault.</summary>
    [SkippableTheory]
    [MemberData(nameof(Channels.Faults), MemberType = typeof(Channels))]
    public async Task Alertmanager_FaultyChannel_IsLeftOutAndNamed_AndTheOthersGoOn(string channel, string variable, string value)
    {
        Skip.IfNot(ShellScripts.Has("amtool"), "amtool is not installed (Debian: prometheus-alertmanager)");
        Skip.IfNot(ShellScripts.Has("busybox"), "busybox is not installed");
        using var folder = new TemporaryFolder();
        Dictionary<string, string?> environment = Channels.Environment(Channels.All);
        environment[variable] = value;
        environment["PATH"] = ShellScripts.LinkBusyBox(folder.Combine("tools"));
        string config = await RenderAsync(folder, environment, $"{channel} is left out: {variable} ");

        await AssertRunsAsync("amtool", "check-config", config);
        Assert.Equal(string.Join(',', Channels.All.Except([channel], StringComparer.Ordinal)), await RouteAsync(config, "severity=critical"));
    }

    /// <summary>Whatever a newer Alertmanager minds besides: its own tool, which stands beside it in its image, has the last word.</summary>
    [Fact]
    public async Task Alertmanager_ChannelThatItsOwnToolRefuses_IsLeftOutWithoutItsValues()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Combine("tools"));
        ShellScripts.WriteProgram(folder.Combine("tools", "amtool"), "if grep -q discord \"$2\"; then cat \"$2\"; exit 1; fi");
        Dictionary<string, string?> environment = Channels.Environment(Channels.All);
        environment["PATH"] = $"{folder.Combine("tools")}:{Environment.GetEnvironmentVariable("PATH")}";
        string config = await RenderAsync(folder, environment, "discord is left out: ");

        string[] receivers = [.. ((YamlDotNet.RepresentationModel.YamlSequenceNode)YamlText.Parse(await File.ReadAllTextAsync(config))["receivers"]).Select(receiver => receiver["name"].Text())];
        Assert.Equal(["collector", "telegram", "email"], receivers);
    }

    /// <param name="said">What is told on the standard error, and no value of a channel with it.</param>
    private static async Task<string> RenderAsync(TemporaryFolder folder, Dictionary<string, string?> environment, string said = "")
    {
        string config = folder.Combine("alertmanager.yml");
        environment["ALERTMANAGER_CONFIG"] = config;
        string shell = File.Exists(folder.Combine("tools", "sh")) ? folder.Combine("tools", "sh") : "sh";
        await using ChildProcess render = await ChildProcess.RunAsync(shell, [Path.Combine(Folder, "alertmanager.sh"), "--render"], ShellScripts.Soon, environment);
        Assert.True(render.ExitCode == 0, render.Output);
        Assert.Contains(said, render.ErrorOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("webhooks/1/", render.Output, StringComparison.Ordinal);
        return config;
    }

    /// <summary>The receivers of an alert, as amtool prints them on its last line.</summary>
    private static async Task<string> RouteAsync(string config, string label)
    {
        await using ChildProcess route = await ChildProcess.RunAsync("amtool", ["config", "routes", "test", $"--config.file={config}", label], ShellScripts.Soon);
        Assert.True(route.ExitCode == 0, route.Output);
        return string.Join('\n', route.Output.Split('\n').Where(line => !line.StartsWith("Warning:", StringComparison.Ordinal))).Trim();
    }

    private static async Task AssertRunsAsync(string program, params string[] arguments)
    {
        await using ChildProcess run = await ChildProcess.RunAsync(program, arguments, ShellScripts.Soon);
        Assert.True(run.ExitCode == 0, run.Output);
    }

    [GeneratedRegex("/run/secrets/[a-z_]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Secret();

    [GeneratedRegex(@"expr: [^\n]*(\n {10}[^\n]*)*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Expression();

    [GeneratedRegex(@"\b(up|(collector|source|daemon|exchange)_[a-z_]+)\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MetricName();
}
