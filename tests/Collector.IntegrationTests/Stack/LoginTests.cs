using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Scripts;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Stack;

/// <summary>
/// The logins of Prometheus and Alertmanager: the real ones, with the passwords that scripts/secrets.sh makes, the health checks
/// of docker-compose.yml, and Prometheus' way to Alertmanager from the shipped configuration.
/// </summary>
public sealed class LoginTests : IDisposable
{
    private static readonly string Folder = RepositoryRoot.Combine("monitoring", "prometheus");

    private readonly TemporaryFolder _folder = new();

    [SkippableFact]
    public async Task Stack_OnlyWithThePassword_AnswersAndTakesAlerts()
    {
        Skip.IfNot(ShellScripts.Has("prometheus"), "prometheus is not installed");
        Skip.IfNot(ShellScripts.Has("prometheus-alertmanager"), "prometheus-alertmanager is not installed");
        Skip.IfNot(ShellScripts.Has("busybox"), "busybox is not installed");
        Skip.IfNot(ComposeFile.CanBeRead(out string reason), reason);
        await using ChildProcess secrets = await ChildProcess.RunAsync("bash", [RepositoryRoot.Combine("scripts", "secrets.sh"), _folder.Path], ShellScripts.Soon);
        Assert.True(secrets.ExitCode == 0, secrets.Output);
        IReadOnlyList<Service> services = await ComposeFile.ServicesAsync();
        (int alertmanagerPort, int prometheusPort) = (FreePort.Next(), FreePort.Next());
        await using ChildProcess alertmanager = await StartAlertmanagerAsync(alertmanagerPort, WebConfig(services, "alertmanager"));
        await using ChildProcess prometheus = await StartPrometheusAsync(prometheusPort, alertmanagerPort, WebConfig(services, "prometheus"));
        string password = await File.ReadAllTextAsync(_folder.Combine("alertmanager_password"));

        foreach ((string name, int port, string page) in ((string, int, string)[])[("alertmanager", alertmanagerPort, "api/v2/silences"), ("prometheus", prometheusPort, "api/v1/status/config")])
        {
            await UntilReadyAsync(services, name, port);
            string own = await File.ReadAllTextAsync(_folder.Combine($"{name}_password"));
            Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(port, page, null)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(port, page, $"{own}x")).Status);
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(port, page, own)).Status);
            await File.WriteAllTextAsync(_folder.Combine($"{name}_password"), "wrong");
            Assert.Equal(1, await HealthAsync(services, name, port));
        }

        long began = TimeProvider.System.GetTimestamp();
        while (!(await GetAsync(alertmanagerPort, "api/v2/alerts", password)).Body.Contains("\"Always\"", StringComparison.Ordinal))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < CollectorProcess.Soon, prometheus.Output);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    /// <summary>Without any channel, and without the collector's address: it starts all the same and takes alerts.</summary>
    [SkippableFact]
    public async Task Alertmanager_NoChannelThatCanBeUsed_StartsAndSendsNowhere()
    {
        Skip.IfNot(ShellScripts.Has("prometheus-alertmanager"), "prometheus-alertmanager is not installed");
        int port = FreePort.Next();
        Dictionary<string, string?> environment = Channels.Environment(Channels.All);
        (environment["TELEGRAM_CHAT_ID"], environment["DISCORD_WEBHOOK_URL"], environment["SMTP_HOST"]) = ("0", "discord.test/x", "mail.example.test");
        environment["COLLECTOR_ALERTS_URL"] = "collector:9464/alerts";

        await using ChildProcess alertmanager = await StartAlertmanagerAsync(port, null, environment);
        await alertmanager.WaitForHttpAsync(new Uri($"http://127.0.0.1:{port}/-/ready"), CollectorProcess.Soon);

        using var http = new HttpClient();
        using var alert = new StringContent("""[{"labels":{"alertname":"Drawdown","severity":"critical"}}]""", Encoding.UTF8, "application/json");
        (await http.PostAsync(new Uri($"http://127.0.0.1:{port}/api/v2/alerts"), alert)).EnsureSuccessStatusCode().Dispose();
        Assert.Contains("\"Drawdown\"", (await GetAsync(port, "api/v2/alerts", null)).Body, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The file that the service is told to read its login from, here.</summary>
    private string WebConfig(IReadOnlyList<Service> services, string name)
    {
        const string Option = "--web.config.file=";
        string file = Assert.Single(services.Single(service => service.Name == name).Node.Find("command").Texts(), word => word.StartsWith(Option, StringComparison.Ordinal));
        return file.Replace("/run/secrets", _folder.Path, StringComparison.Ordinal);
    }

    private async Task<ChildProcess> StartAlertmanagerAsync(int port, string? web, Dictionary<string, string?>? environment = null)
    {
        environment ??= Channels.Environment();
        environment["ALERTMANAGER_CONFIG"] = _folder.Combine("alertmanager.yml");
        await using ChildProcess render = await ChildProcess.RunAsync("sh", [Path.Combine(Folder, "alertmanager.sh"), "--render"], ShellScripts.Soon, environment);
        Assert.True(render.ExitCode == 0, render.Output);
        return ChildProcess.Start(
            "prometheus-alertmanager",
            [
                $"--config.file={_folder.Combine("alertmanager.yml")}", $"--storage.path={_folder.Combine("alertmanager")}", "--cluster.listen-address=",
                $"--web.listen-address=127.0.0.1:{port}", .. web is null ? (string[])[] : [web],
            ]);
    }

    /// <summary>With the shipped way to Alertmanager, a rule that always fires, and nothing to scrape.</summary>
    private async Task<ChildProcess> StartPrometheusAsync(int port, int alertmanager, string web)
    {
        string shipped = await File.ReadAllTextAsync(Path.Combine(Folder, "prometheus.yml"));
        string alerting = shipped[shipped.IndexOf("alerting:", StringComparison.Ordinal)..shipped.IndexOf("scrape_configs:", StringComparison.Ordinal)];
        await File.WriteAllTextAsync(
            _folder.Combine("prometheus.yml"),
            "global: {evaluation_interval: 1s}\nrule_files: [rules.yml]\n" + alerting
                .Replace("/run/secrets/alertmanager_password", _folder.Combine("alertmanager_password_of_prometheus"), StringComparison.Ordinal)
                .Replace("alertmanager:9093", $"127.0.0.1:{alertmanager}", StringComparison.Ordinal));
        File.Copy(_folder.Combine("alertmanager_password"), _folder.Combine("alertmanager_password_of_prometheus"));
        await File.WriteAllTextAsync(_folder.Combine("rules.yml"), "groups: [{name: test, rules: [{alert: Always, expr: vector(1)}]}]\n");
        return ChildProcess.Start(
            "prometheus",
            [
                $"--config.file={_folder.Combine("prometheus.yml")}", $"--storage.tsdb.path={_folder.Combine("data")}", $"--web.listen-address=127.0.0.1:{port}",
                "--rules.alert.resend-delay=1s", web,
            ]);
    }

    private async Task UntilReadyAsync(IReadOnlyList<Service> services, string name, int port)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (await HealthAsync(services, name, port) != 0)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < CollectorProcess.Soon, $"{name} is never healthy");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    /// <summary>The service's own health check, with the tools of its image.</summary>
    private async Task<int> HealthAsync(IReadOnlyList<Service> services, string name, int port)
    {
        Service service = services.Single(each => each.Name == name);
        string[] test = [.. service.Node["healthcheck"]["test"].Texts()];
        Assert.Equal(("CMD", "/bin/sh"), (test[0], test[1]));
        string script = service.Mounts.Single(mount => mount.Target == test[2]).Source;
        Assert.Equal(service.Ports.Single().Inside, test[3]);
        if (!Directory.Exists(_folder.Combine("tools")))
        {
            ShellScripts.LinkBusyBox(_folder.Combine("tools"));
        }

        await using ChildProcess check = await ChildProcess.RunAsync(
            _folder.Combine("tools", "sh"),
            [script, $"{port}", test[4].Replace("/run/secrets", _folder.Path, StringComparison.Ordinal)],
            ShellScripts.Soon,
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["PATH"] = _folder.Combine("tools") });
        return check.ExitCode;
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(int port, string page, string? password)
    {
        using var http = new HttpClient();
        if (password is not null)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"admin:{password}")));
        }

        using HttpResponseMessage answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/{page}"));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
