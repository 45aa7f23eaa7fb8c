using Collector.IntegrationTests.Scripts;
using Collector.IntegrationTests.Support;
using YamlDotNet.RepresentationModel;

namespace Collector.IntegrationTests.Stack;

/// <summary>monitoring/questdb/server.conf and the passwords from files, on the real server.</summary>
public sealed class QuestDbSettingsTests : IDisposable
{
    private const string Password = "a-pass$word";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly int _http = FreePort.Next();
    private readonly int _health = FreePort.Next();

    [SkippableFact]
    public async Task Start_AsInTheContainer_EverySettingTakes()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        Skip.IfNot(ComposeFile.CanBeRead(out reason), reason);
        Service service = (await ComposeFile.ServicesAsync()).Single(each => each.Name == "questdb");
        await using ChildProcess server = await StartAsync(service);
        using var client = new QuestDbClient(new Uri($"http://127.0.0.1:{_http}"), "collector", Password);

        QuestDbAnswer shown = await client.ExecAsync("SHOW PARAMETERS");
        var settings = shown.Rows.ToDictionary(
            row => row[shown.Columns.ToList().IndexOf("property_path")].GetString()!,
            row => (Value: row[shown.Columns.ToList().IndexOf("value")].GetString(), Source: row[shown.Columns.ToList().IndexOf("value_source")].GetString()),
            StringComparer.Ordinal);

        string[] lines = [.. (await File.ReadAllLinesAsync(RepositoryRoot.Combine("monitoring", "questdb", "server.conf"))).Where(line => line.Length > 0 && line[0] != '#')];
        Assert.All(lines, line =>
        {
            string[] setting = line.Split('=', 2);
            Assert.Equal((setting[1], "conf"), settings[setting[0]]);
        });
        Assert.All((string[])["http.password", "pg.password", "pg.readonly.password"], key => Assert.Equal("file", settings[key].Source));
        Assert.DoesNotContain("advisory", server.Output, StringComparison.OrdinalIgnoreCase);
        await AssertHealthAsync(service, 0);

        await server.TerminateAsync(Soon);
        await AssertHealthAsync(service, 1);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>From the jar, with the very file and variables of the service; only ports and the folder of the secrets are the test's own.</summary>
    private async Task<ChildProcess> StartAsync(Service service)
    {
        Directory.CreateDirectory(_folder.Combine("conf"));
        File.Copy(service.Mounts.Single(mount => mount.Target.EndsWith("/server.conf", StringComparison.Ordinal)).Source, _folder.Combine("conf", "server.conf"));
        foreach (string secret in service.Secrets)
        {
            await File.WriteAllTextAsync(_folder.Combine(secret), Password + "\n");
        }

        var environment = service.Environment
            .Where(variable => variable.Key.StartsWith("QDB_", StringComparison.Ordinal))
            .ToDictionary(variable => variable.Key, variable => (string?)variable.Value!.Replace("/run/secrets", _folder.Path, StringComparison.Ordinal), StringComparer.Ordinal);
        environment["QDB_HTTP_BIND_TO"] = $"127.0.0.1:{_http}";
        environment["QDB_HTTP_MIN_NET_BIND_TO"] = $"127.0.0.1:{_health}";
        environment["QDB_PG_NET_BIND_TO"] = $"127.0.0.1:{FreePort.Next()}";

        var server = ChildProcess.Start(
            "java",
            [
                service.Environment["JVM_PREPEND"]!, "--add-exports", "java.base/jdk.internal.math=io.questdb",
                "-p", Environment.GetEnvironmentVariable("QUESTDB_JAR")!, "-m", "io.questdb/io.questdb.ServerMain", "-d", _folder.Path, "-n",
            ],
            environment);
        await server.WaitForHttpAsync(new Uri($"http://127.0.0.1:{_http}/ping"), Soon, 204);
        return server;
    }

    /// <summary>Runs the service's own health check.</summary>
    private async Task AssertHealthAsync(Service service, int code)
    {
        string[] test = [.. ((YamlSequenceNode)service.Node["healthcheck"]["test"]).Select(YamlText.Text)];
        Assert.Equal("CMD", test[0]);
        await using ChildProcess check = await ChildProcess.RunAsync(
            test[1],
            test[2..].Select(word => word.Replace("127.0.0.1/9003", $"127.0.0.1/{_health}", StringComparison.Ordinal).Replace("$$", "$", StringComparison.Ordinal)),
            ShellScripts.Soon);
        Assert.Equal(code, check.ExitCode);
    }
}
