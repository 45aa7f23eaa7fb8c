using System.Text;
using Collector.IntegrationTests.Demo;
using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Scripts;
using Collector.IntegrationTests.Sources;
using Collector.IntegrationTests.Support;
using Xunit.Abstractions;

namespace Collector.IntegrationTests.Stack;

/// <summary>
/// From a cut in the demo to the message on each channel: the collector, Prometheus and Alertmanager as they are shipped. Of
/// their configuration only addresses, ports and the token's file are the test's own; the environment is called prod, since any
/// other warns on the first channel alone. Telegram, Discord and the mail server are the test's, over real sockets.
/// </summary>
public sealed class AlertDeliveryTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>The target is a minute, which a quiet machine keeps; a busy one gets twice that.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>The collector may wait a minute before it connects again; then it is scraped, evaluated and grouped as before.</summary>
    private static readonly TimeSpan ReturnLimit = TimeSpan.FromMinutes(4);

    private static readonly string Folder = RepositoryRoot.Combine("monitoring", "prometheus");

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly int _demoPort = FreePort.Next();

    [SkippableFact]
    public async Task Exchange_CutOff_IsToldOnEachChannelAndSoIsItsReturn()
    {
        Skip.IfNot(ShellScripts.Has("prometheus"), "prometheus is not installed");
        Skip.IfNot(ShellScripts.Has("prometheus-alertmanager"), "prometheus-alertmanager is not installed");
        await using ChatServer chats = await ChatServer.StartAsync();
        await using var mails = new MailServer();
        Inbox[] inboxes = [chats.Telegram, chats.Discord, mails.Inbox];
        await using var collector = new CollectorProcess(DemoConfiguration.Sources(_demoPort, _folder.Path));
        collector.Environment["COLLECTOR__ENV"] = "prod";
        collector.Environment["COLLECTOR__HTTP__TOKEN"] = "secret";
        await using ChildProcess demo = await StartDemoAsync(collector);
        await collector.StartReadyAsync();
        (ChildProcess alertmanager, int port) = await StartAlertmanagerAsync(await AllChannelsAsync(chats, mails), chats.Url);
        await using ChildProcess untilTheEnd = alertmanager;
        await using PrometheusProcess prometheus = await StartPrometheusAsync(collector, port);
        await prometheus.UntilAsync("count(exchange_connected == 1) == 4");
        Assert.All(inboxes, inbox => Assert.True(inbox.IsEmpty));

        long cut = TimeProvider.System.GetTimestamp();
        (await _http.PostAsync(At("faults/exchange-disconnect?name=okx"), null)).EnsureSuccessStatusCode().Dispose();
        await AssertToldAsync("cut off", cut, Limit, inboxes, "firing: ExchangeDisconnected (critical)", "FIRING: okx trades (prod, ", "What to do: ");

        long back = TimeProvider.System.GetTimestamp();
        (await _http.DeleteAsync(At("faults/exchange-disconnect"))).EnsureSuccessStatusCode().Dispose();
        await AssertToldAsync("back again", back, ReturnLimit, inboxes, "recovered: ExchangeDisconnected (critical)", "RECOVERED: okx trades (prod, ");
    }

    [SkippableFact]
    public async Task Alert_WithoutAnyChannel_IsInTheLogOfTheCollector()
    {
        Skip.IfNot(ShellScripts.Has("prometheus-alertmanager"), "prometheus-alertmanager is not installed");
        await using var collector = new CollectorProcess("sources:\n  host:\n    - interval: 1s");
        collector.Environment["COLLECTOR__HTTP__TOKEN"] = "secret";
        await collector.StartReadyAsync();
        Dictionary<string, string?> environment = Channels.Environment();
        environment["COLLECTOR_ALERTS_URL"] = $"http://127.0.0.1:{collector.Port}/alerts";
        (ChildProcess alertmanager, int port) = await StartAlertmanagerAsync(environment);
        await using ChildProcess untilTheEnd = alertmanager;

        _http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"admin:{await File.ReadAllTextAsync(Secret("alertmanager_password"))}")));
        using var alert = new StringContent(
            """[{"labels":{"alertname":"Drawdown","severity":"critical"},"annotations":{"summary":"maker-eth has lost 12 %"}}]""", Encoding.UTF8, "application/json");
        (await _http.PostAsync(new Uri($"http://127.0.0.1:{port}/api/v2/alerts"), alert)).EnsureSuccessStatusCode().Dispose();

        await collector.WaitForLineAsync("Alert Drawdown (critical): maker-eth has lost 12 %");
    }

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    /// <param name="title">Telegram shows none.</param>
    private async Task AssertToldAsync(string what, long since, TimeSpan within, Inbox[] inboxes, string title, params string[] texts)
    {
        long[] told = await Task.WhenAll(inboxes.Select((inbox, i) => inbox.WaitAsync(within, i == 0 ? texts : [title, .. texts])));
        double[] seconds = [.. told.Select(at => TimeProvider.System.GetElapsedTime(since, at).TotalSeconds)];
        output.WriteLine(FormattableString.Invariant($"{what}: told after {seconds[0]:0.0} s (Telegram), {seconds[1]:0.0} s (Discord), {seconds[2]:0.0} s (e-mail)"));
        Assert.All(seconds, each => Assert.InRange(each, 0, within.TotalSeconds));
    }

    private async Task<ChildProcess> StartDemoAsync(CollectorProcess collector)
    {
        var demo = ChildProcess.StartProgram(
            "demo", "demo",
            ["--port", $"{_demoPort}", "--speed", "60", "--catalog", _folder.Path, "--push", $"http://127.0.0.1:{collector.GatewayPort}/write"]);
        await demo.WaitForHttpAsync(At("status"), CollectorProcess.Soon);
        return demo;
    }

    private async Task<Dictionary<string, string?>> AllChannelsAsync(ChatServer chats, MailServer mails)
    {
        Dictionary<string, string?> environment = Channels.Environment();
        environment["TELEGRAM_BOT_TOKEN"] = ChatServer.BotToken;
        environment["TELEGRAM_CHAT_ID"] = ChatServer.Chat;
        environment["DISCORD_WEBHOOK_URL"] = chats.Webhook;
        environment["EMAIL_TO"] = "ops@example.test, night@example.test";
        environment["SMTP_HOST"] = mails.Host;
        environment["SMTP_FROM"] = MailServer.User;
        environment["SMTP_USER"] = MailServer.User;
        environment["SMTP_PASSWORD"] = MailServer.Password;
        environment["SSL_CERT_FILE"] = _folder.Combine("mail.pem");
        await File.WriteAllTextAsync(_folder.Combine("mail.pem"), mails.CertificatePem);
        return environment;
    }

    /// <param name="telegram">Where Telegram is: nobody but a test has one of their own.</param>
    private async Task<(ChildProcess Process, int Port)> StartAlertmanagerAsync(Dictionary<string, string?> environment, string? telegram = null)
    {
        string config = _folder.Combine("alertmanager.yml");
        environment["ALERTMANAGER_CONFIG"] = config;
        await using ChildProcess render = await ChildProcess.RunAsync("sh", [Path.Combine(Folder, "alertmanager.sh"), "--render"], ShellScripts.Soon, environment);
        Assert.Contains(telegram is null ? "alerts go to the log of the collector alone." : "alerts go to telegram discord email.", render.Output, StringComparison.Ordinal);
        if (telegram is not null)
        {
            await File.WriteAllTextAsync(config, $"global: {{telegram_api_url: '{telegram}'}}\n{await File.ReadAllTextAsync(config)}");
        }

        await using ChildProcess secrets = await ChildProcess.RunAsync("bash", [RepositoryRoot.Combine("scripts", "secrets.sh"), _folder.Combine("secrets")], ShellScripts.Soon);
        Assert.True(secrets.ExitCode == 0, secrets.Output);
        int port = FreePort.Next();
        var process = ChildProcess.Start(
            "prometheus-alertmanager",
            [
                $"--config.file={config}", $"--storage.path={_folder.Combine("alertmanager")}", "--cluster.listen-address=", $"--web.listen-address=127.0.0.1:{port}",
                $"--web.config.file={Secret("alertmanager_web")}",
            ],
            environment);
        await process.WaitForHttpAsync(new Uri($"http://127.0.0.1:{port}/-/ready"), CollectorProcess.Soon, 401);
        return (process, port);
    }

    private async Task<PrometheusProcess> StartPrometheusAsync(CollectorProcess collector, int alertmanager)
    {
        string token = _folder.Combine("token");
        await File.WriteAllTextAsync(token, "secret");
        string config = await File.ReadAllTextAsync(Path.Combine(Folder, "prometheus.yml"));
        foreach ((string shipped, string here) in ((string, string)[])
            [("/run/secrets/collector_token", token), ("/run/secrets/alertmanager_password", Secret("alertmanager_password")), ("alertmanager:9093", $"127.0.0.1:{alertmanager}"), ("collector:9464", $"127.0.0.1:{collector.Port}")])
        {
            Assert.Contains(shipped, config, StringComparison.Ordinal);
            config = config.Replace(shipped, here, StringComparison.Ordinal);
        }

        return await PrometheusProcess.StartAsync(config, ("rules.yml", await File.ReadAllTextAsync(Path.Combine(Folder, "rules.yml"))));
    }

    private string Secret(string name) => _folder.Combine("secrets", name);

    private Uri At(string path) => new($"http://127.0.0.1:{_demoPort}/{path}");
}
