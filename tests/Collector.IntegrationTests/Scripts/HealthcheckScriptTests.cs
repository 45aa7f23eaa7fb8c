using System.Net;
using System.Text;
using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Collector.IntegrationTests.Scripts;

/// <summary>scripts/healthcheck.sh against a real QuestDB with a login, and a real collector; Grafana is a server that answers as it does.</summary>
public sealed class HealthcheckScriptTests
{
    private const string Password = "p\"a$s\\s";

    [SkippableFact]
    public async Task Run_AllIsWell_EndsWithZero_AndTellsWhatIsNot()
    {
        Skip.IfNot(ShellScripts.Has("curl"), "curl is not installed");
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        await using QuestDbServer questdb = await QuestDbServer.StartAsync(new QuestDbOptions
        {
            Username = "collector",
            Password = Password,
            Settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["QDB_DEV_MODE_ENABLED"] = "true" },
        });
        await using var collector = new CollectorProcess(
            $"store:\n  type: questdb\n  questdb:\n    url: {questdb.Url}\n    username: collector\n    password: env:QUESTDB_PASSWORD", "sources:\n  host:\n    - interval: 1s");
        collector.Environment["QUESTDB_PASSWORD"] = Password;
        await collector.StartReadyAsync();
        await using var apply = ChildProcess.StartProgram("collector/App", "collector", ["schema", "apply", "--config", collector.ConfigFile], collector.Environment);
        Assert.Equal(0, await apply.WaitForExitAsync(CollectorProcess.Soon));
        await using WebApplication grafana = await StartGrafanaAsync();
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["QUESTDB_URL"] = questdb.Url.ToString().TrimEnd('/'),
            ["QUESTDB_PASSWORD"] = Password,
            ["COLLECTOR_URL"] = $"http://127.0.0.1:{collector.Port}",
            ["GRAFANA_URL"] = grafana.Urls.Single(),
            ["GRAFANA_PASSWORD"] = Password,
        };

        await AssertAsync(environment, 0, "ok    QuestDB", "ok    tables", "ok    suspended", "ok    collector", "ok    Grafana", "ok    data source");
        await AssertAsync(new(environment, StringComparer.Ordinal) { ["GRAFANA_PASSWORD"] = "wrong" }, 1, "FAIL  data source");
        await AssertAsync(new(environment, StringComparer.Ordinal) { ["QUESTDB_PASSWORD"] = "wrong" }, 1, "FAIL  QuestDB", "refuses the login");
        await questdb.ExecAsync("ALTER TABLE host_metrics SUSPEND WAL");
        await questdb.ExecAsync("DROP TABLE trading_metrics");
        await AssertAsync(environment, 1, "FAIL  tables         missing: trading_metrics", "FAIL  suspended      host_metrics take rows");
        await questdb.StopAsync();
        await collector.WaitForHealthAsync(503);
        await AssertAsync(environment, 1, "FAIL  QuestDB        does not answer", "FAIL  collector      not ready: store: ");
    }

    private static async Task AssertAsync(Dictionary<string, string?> environment, int code, params string[] said)
    {
        await using ChildProcess run = await ChildProcess.RunAsync("bash", [RepositoryRoot.Combine("scripts", "healthcheck.sh"), "--verbose"], ShellScripts.Soon, environment);
        Assert.True(run.ExitCode == code, run.Output);
        Assert.All(said, text => Assert.Contains(text, run.Output, StringComparison.Ordinal));
        Assert.DoesNotContain(Password, run.Output, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartGrafanaAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        WebApplication app = builder.Build();
        app.MapGet("/api/health", () => """{"database":"ok"}""");
        string login = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"admin:{Password}"))}";
        app.MapGet("/api/datasources/uid/questdb/health", (HttpContext context) => context.Request.Headers.Authorization == login
            ? Results.Text("""{"status":"OK"}""")
            : Results.StatusCode(StatusCodes.Status401Unauthorized));
        await app.StartAsync();
        return app;
    }
}
