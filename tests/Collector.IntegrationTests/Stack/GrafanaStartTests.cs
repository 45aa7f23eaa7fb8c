using System.Text.RegularExpressions;
using Collector.IntegrationTests.Scripts;
using Collector.IntegrationTests.Support;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Collector.IntegrationTests.Stack;

/// <summary>
/// Which contact points Grafana is given. An empty token, chat or address would keep it from starting, and so would a route to
/// a contact point that there is not. Grafana itself is not run.
/// </summary>
public sealed partial class GrafanaStartTests
{
    public static TheoryData<string> Combinations => [.. Channels.Combinations.Select(channels => string.Join(' ', channels))];

    [Theory]
    [MemberData(nameof(Combinations))]
    public async Task Start_EachCombination_HasTheConfiguredChannelsAndTheFallback(string combination)
    {
        string[] channels = combination.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        using var start = new GrafanaStart();

        await using ChildProcess run = await start.RunAsync(Channels.Environment(channels));

        Assert.True(run.ExitCode == 0, run.Output);
        foreach (string channel in Channels.All)
        {
            Assert.Equal(channels.Contains(channel), start.Settings(channel) is { } settings && settings.Values.All(value => value.Length > 0));
        }

        Assert.Equal(("http://collector:9464/alerts", "secret"), (start.Settings("collector")!["url"], start.Settings("collector")!["authorization_credentials"]));
        Assert.Contains($"smtp={(channels.Contains("email") ? "true" : "")} ", run.Output, StringComparison.Ordinal);
        Assert.Contains("database=read-only arguments=--more", run.Output, StringComparison.Ordinal);
        AssertPolicies(start.Alerting("policies.yaml"), channels);
    }

    [SkippableTheory]
    [InlineData("sh")]
    [InlineData("busybox")]
    public async Task Start_HostileValues_ReachGrafanaAsTheyWereGiven(string shell)
    {
        Skip.IfNot(ShellScripts.Has(shell), $"{shell} is not installed");
        foreach (string odd in Channels.Hostile)
        {
            using var start = new GrafanaStart();
            string end = odd + "z"; // white space around a value is cut off
            Dictionary<string, string?> environment = Channels.Environment();
            environment["COLLECTOR_TOKEN"] = end;
            foreach ((string name, string? value) in Channels.All.SelectMany(channel => Channels.Variables(channel, end)))
            {
                environment[name] = value;
            }

            environment["TELEGRAM_CHAT_ID"] = $"@{end}";

            await using ChildProcess run = await start.RunAsync(environment, shell == "busybox");

            Assert.True(run.ExitCode == 0, run.Output);
            Assert.Equal($"123:abc{end}", start.Settings("telegram")!["bottoken"]);
            Assert.Equal($"@{end}", start.Settings("telegram")!["chatid"]);
            // No address has white space, or a percent sign without its code.
            Assert.Equal(
                odd.Any(c => c is '%' or ' ' || char.IsControl(c)) ? null : $"https://discord.test/api/webhooks/1/x?y={end}",
                start.Settings("discord")?["url"]);
            Assert.Equal($"ops@example.test,night@example.test{end}", start.Settings("email")!["addresses"]);
            Assert.Equal(end, start.Settings("collector")!["authorization_credentials"]);
        }
    }

    [Theory]
    [InlineData("123456789")]
    [InlineData("-1001234567890")]
    [InlineData("@channel")]
    [InlineData("@true")]
    public async Task Start_ChatId_IsAlwaysAText(string chat)
    {
        using var start = new GrafanaStart();
        Dictionary<string, string?> environment = Channels.Environment("telegram");
        environment["TELEGRAM_CHAT_ID"] = chat;

        await using ChildProcess run = await start.RunAsync(environment);

        Assert.True(run.ExitCode == 0, run.Output);
        var id = (YamlScalarNode)start.Alerting("contact-telegram.yaml")["contactPoints"][0]["receivers"][0]["settings"]["chatid"];
        Assert.Equal((chat, ScalarStyle.DoubleQuoted), (id.Value, id.Style));
    }

    [Fact]
    public async Task Start_SecretsFromFiles_AreReadWithoutTheirLineEnd_AndEmptyOnesCountAsNotSet()
    {
        using var start = new GrafanaStart();
        await File.WriteAllTextAsync(start.Combine("token"), "  1:a$b\r\n");
        await File.WriteAllTextAsync(start.Combine("empty"), " \n");
        Dictionary<string, string?> environment = Channels.Environment();
        environment["TELEGRAM_BOT_TOKEN_FILE"] = start.Combine("token");
        environment["TELEGRAM_CHAT_ID"] = "7";
        environment["DISCORD_WEBHOOK_URL_FILE"] = start.Combine("empty");
        environment["SMTP_PASSWORD_FILE"] = start.Combine("missing");

        await using ChildProcess run = await start.RunAsync(environment);

        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Equal("1:a$b", start.Settings("telegram")!["bottoken"]);
        Assert.Null(start.Settings("discord"));
        Assert.Contains("cannot be read", run.ErrorOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("1:a$b", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TELEGRAM_BOT_TOKEN", "telegram")]
    [InlineData("TELEGRAM_CHAT_ID", "telegram")]
    [InlineData("EMAIL_TO", "email")]
    [InlineData("SMTP_HOST", "email")]
    [InlineData("SMTP_FROM", "email")]
    public async Task Start_HalfAChannel_IsLeftOutAndSaidSo(string missing, string channel)
    {
        using var start = new GrafanaStart();
        Dictionary<string, string?> environment = Channels.Environment(Channels.All);
        environment[missing] = "";

        await using ChildProcess run = await start.RunAsync(environment);

        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Null(start.Settings(channel));
        Assert.Contains($"{channel} needs ", run.ErrorOutput, StringComparison.Ordinal);
        AssertPolicies(start.Alerting("policies.yaml"), [.. Channels.All.Except([channel], StringComparer.Ordinal)]);
    }

    [Theory]
    [MemberData(nameof(Channels.Faults), MemberType = typeof(Channels))]
    public async Task Start_FaultyChannel_IsLeftOutAndNamed_AndTheOthersGoOn(string channel, string variable, string value)
    {
        using var start = new GrafanaStart();
        Dictionary<string, string?> environment = Channels.Environment(Channels.All);
        environment[variable] = value;

        await using ChildProcess run = await start.RunAsync(environment);

        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Null(start.Settings(channel));
        Assert.Contains($"{channel} is left out: {variable} ", run.ErrorOutput, StringComparison.Ordinal);
        AssertPolicies(start.Alerting("policies.yaml"), [.. Channels.All.Except([channel], StringComparer.Ordinal)]);
    }

    [Fact]
    public async Task Start_Again_LeavesNothingOfTheLastOne()
    {
        using var start = new GrafanaStart();
        await using ChildProcess first = await start.RunAsync(Channels.Environment(Channels.All));
        await File.WriteAllTextAsync(Path.Combine(start.Provisioning, "alerting", "old.yaml"), "");

        await using ChildProcess second = await start.RunAsync(Channels.Environment());

        Assert.All(Channels.All, channel => Assert.Null(start.Settings(channel)));
        Assert.False(File.Exists(Path.Combine(start.Provisioning, "alerting", "old.yaml")));
    }

    [Theory]
    [InlineData("QUESTDB_PASSWORD", "")]
    [InlineData("GF_SECURITY_ADMIN_PASSWORD__FILE", "/nowhere")]
    public async Task Start_WithoutAPassword_StopsAndSaysWhatToDo(string name, string value)
    {
        using var start = new GrafanaStart();
        Dictionary<string, string?> environment = Channels.Environment();
        environment[name] = value;

        await using ChildProcess run = await start.RunAsync(environment);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("scripts/secrets.sh", run.ErrorOutput, StringComparison.Ordinal);
    }

    /// <summary>Whatever is provisioned besides is laid beside the contact points; every template that these name is there.</summary>
    [Fact]
    public async Task Start_Provisioning_IsCopied_AndTemplatesAreThere()
    {
        using var start = new GrafanaStart();
        await using ChildProcess run = await start.RunAsync(Channels.Environment(Channels.All));

        string source = RepositoryRoot.Combine("monitoring", "grafana", "provisioning");
        Assert.All(Directory.GetFiles(source, "*", SearchOption.AllDirectories), file =>
            Assert.Equal(File.ReadAllText(file), File.ReadAllText(Path.Combine(start.Provisioning, Path.GetRelativePath(source, file)))));
        string templates = start.Alerting("templates.yaml")["templates"][0]["template"].Text();
        string[] used = [.. Channels.All.SelectMany(channel => start.Settings(channel)!.Values).SelectMany(value => TemplateName().Matches(value).Select(match => match.Groups["name"].Value)).Distinct(StringComparer.Ordinal)];
        Assert.NotEmpty(used);
        Assert.All(used, name => Assert.Contains($"define \"{name}\"", templates, StringComparison.Ordinal));
    }

    /// <summary>Rendered by Alertmanager's engine, which is Grafana's but for the panel's link.</summary>
    [SkippableFact]
    public async Task Templates_FiringAndResolved_AreWords()
    {
        Skip.IfNot(ShellScripts.Has("amtool"), "amtool is not installed (Debian: prometheus-alertmanager)");
        using var folder = new TemporaryFolder();
        string template = YamlText.Parse(await File.ReadAllTextAsync(RepositoryRoot.Combine("monitoring", "grafana", "provisioning", "alerting", "templates.yaml")))["templates"][0]["template"].Text();
        const string Panel = "{{- with .PanelURL }}\nPanel: {{ . }}{{ end }}\n";
        Assert.Contains(Panel, template, StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.Combine("collector.tmpl"), template.Replace(Panel, "", StringComparison.Ordinal));
        await File.WriteAllTextAsync(folder.Combine("data.json"), """
            {"receiver":"x","status":"firing","commonLabels":{"alertname":"Exchange disconnected","severity":"critical","env":"prod"},"alerts":[
              {"status":"firing","labels":{"alertname":"Exchange disconnected"},"annotations":{"summary":"kraken is not connected.","runbook":"See the venue.","documentation":"docs/alerts.md#x"},"startsAt":"2026-01-02T03:04:05Z","endsAt":"0001-01-01T00:00:00Z"},
              {"status":"resolved","labels":{"alertname":"Exchange disconnected"},"annotations":{},"startsAt":"2026-01-02T03:04:05Z","endsAt":"2026-01-02T03:05:06Z"}]}
            """);

        Assert.Equal("1 firing: Exchange disconnected (critical) in prod", await RenderAsync("collector.title"));
        Assert.Equal(
            "FIRING since 03:04:05 UTC: kraken is not connected.\nWhat to do: See the venue.\nRunbook: docs/alerts.md#x\nRECOVERED at 03:05:06 UTC: Exchange disconnected",
            await RenderAsync("collector.text"));

        async Task<string> RenderAsync(string name)
        {
            await using ChildProcess render = await ChildProcess.RunAsync(
                "amtool",
                ["template", "render", $"--template.glob={folder.Combine("*.tmpl")}", $"--template.text={{{{ template \"{name}\" . }}}}", $"--template.data={folder.Combine("data.json")}", "--template.type=text"],
                ShellScripts.Soon);
            Assert.True(render.ExitCode == 0, render.Output);
            return render.Output.Trim();
        }
    }

    /// <summary>Critical to all, warnings to the first, and never to one that is not there.</summary>
    private static void AssertPolicies(YamlNode file, string[] channels)
    {
        YamlNode root = Assert.Single((YamlSequenceNode)file["policies"]);
        Assert.Equal(channels.Length > 0 ? channels[0] : "collector", root["receiver"].Text());
        Assert.Null(root.Find("object_matchers"));
        (string Receiver, string Severity, string Repeat)[] routes = root.Find("routes") is YamlSequenceNode list
            ? [.. list.Select(route => (route["receiver"].Text(), route["object_matchers"][0][2].Text(), route["repeat_interval"].Text()))]
            : [];
        (string, string, string)[] wanted =
        [
            .. channels.Select(channel => (channel, "critical", channel == "email" ? "1h" : "15m")),
            .. channels.Take(1).Select(channel => (channel, "warning", "4h")),
        ];
        Assert.Equal(wanted, routes);
    }

    [GeneratedRegex("template \"(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TemplateName();
}
