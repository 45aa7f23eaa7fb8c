using Collector.App;
using Collector.Capabilities.Status;
using Collector.Sources.Daemon;
using Collector.Stores.Sqlite;

namespace Collector.Tests.App;

public sealed class CollectorConfigTests : IDisposable
{
    private const string Schema = "CREATE TABLE t (ts TIMESTAMP, k SYMBOL, v LONG) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k);";

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);

    public CollectorConfigTests()
    {
        Directory.CreateDirectory(_folder.File("schemas"));
        File.WriteAllText(_folder.File("schemas/t.sql"), Schema);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Repository.Folder, "schemas")))
        {
            File.Copy(file, _folder.File($"schemas/{Path.GetFileName(file)}"));
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_GoodFile_IsEverythingDecided()
    {
        CollectorConfig config = Load("""
            name: desk-1
            env: prod
            sources:
              host: {interval: 5s}
              daemon:
                - {name: oi, url: "http://127.0.0.1:9470/status", interval: 10s, fields: {running: /alive}}
                - {url: "http://127.0.0.1:9471/status"}
            """);

        Assert.Empty(config.Faults);
        Assert.Equal(["host/default", "daemon/oi", "daemon/default-2"], config.Sources.Select(source => source.Name));
        Assert.Equal(["sources.host", "sources.daemon[0]", "sources.daemon[1]"], config.Sources.Select(source => source.Path));
        Assert.Equal(["host", "daemon", "daemon"], config.Sources.Select(source => source.Kind.Slug));
        Assert.Equal("/alive", ((DaemonOptions)config.Sources[1].Options).Fields["running"]);
        Assert.Equal(("desk-1", "prod", "t"), (config.Options.Name, config.Options.Env, config.Tables["t"].Name));
    }

    [Fact]
    public void Load_RelativePaths_CountFromTheFileAndFromDataDir()
    {
        CollectorConfig config = Load("""
            data_dir: state
            spool: {directory: lines}
            store: {sqlite: {path: my.db}}
            sources: {host: }
            """);

        Assert.Empty(config.Faults);
        Assert.Equal(_folder.File("state"), config.Options.DataDir);
        Assert.Equal(_folder.File("schemas"), config.Options.SchemasDir);
        Assert.Equal(_folder.File("state/lines"), config.Options.Spool.Directory);
        Assert.Equal(_folder.File("state/my.db"), config.Options.Store.Sqlite.Path);
    }

    [Theory]
    [InlineData("file:beat")]
    [InlineData("env:BEAT")]
    [InlineData("https://beat.example/hidden-part")]
    public void Load_HeartbeatUrl_TakesTheFormsOfASecretAndDoesNotPrint(string written)
    {
        File.WriteAllText(_folder.File("beat"), "https://beat.example/hidden-part\n");
        _environment["BEAT"] = "https://beat.example/hidden-part";

        CollectorConfig config = Load($"heartbeat: {{url: '{written}'}}\nsources: {{host: }}");

        Assert.Empty(config.Faults);
        Assert.Equal("https://beat.example/hidden-part", config.Sections.Of<HeartbeatOptions>().Url!.Reveal());
        Assert.DoesNotContain("hidden-part", $"{config.Options}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("beat.example/hidden-part", "is no address")]
    [InlineData("ftp://beat.example/hidden-part", "neither with http:// nor with https://")]
    [InlineData("https://ada:hidden-part@beat.example/", "has a user or password in it")]
    public void Load_HeartbeatUrlThatIsNone_IsAFaultThatDoesNotShowIt(string url, string problem)
    {
        string fault = Assert.Single(Load($"heartbeat: {{url: '{url}'}}\nsources: {{host: }}").Faults);

        Assert.Contains("heartbeat.url", fault, StringComparison.Ordinal);
        Assert.Contains(problem, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-part", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("beat.example", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("always", "", SqliteSynchronous.Full)]
    [InlineData("interval", "", SqliteSynchronous.Full)]
    [InlineData("os", "", SqliteSynchronous.Normal)]
    [InlineData("interval", "synchronous: full", SqliteSynchronous.Full)]
    [InlineData("always", "synchronous: normal", SqliteSynchronous.Normal)]
    public void Load_SqliteSynchronous_FollowsTheSpoolsUnlessItIsSet(string fsync, string setting, object expected)
    {
        CollectorConfig config = Load($"""
            spool:
              fsync: {fsync}
            store:
              sqlite: {(setting.Length == 0 ? "" : $"\n    {setting}")}
            sources:
              host:
            """);

        Assert.Empty(config.Faults);
        Assert.Equal(expected, config.Options.Store.Sqlite.Synchronous);
    }

    [Fact]
    public void Load_AbsolutePaths_StayAsTheyAre()
    {
        CollectorConfig config = Load("data_dir: /var/lib/collector\nspool: {directory: /fast/spool}\nsources: {host: }\n");

        Assert.Equal(("/var/lib/collector", "/fast/spool"), (config.Options.DataDir, config.Options.Spool.Directory));
    }

    [Fact]
    public void Load_ManyFaults_AreAllToldInOrderTheSchemaFilesLast()
    {
        File.WriteAllText(_folder.File("schemas/broken.sql"), "CREATE TABLE broken (ts TIMESTAMP, v WIDE) TIMESTAMP(ts) PARTITION BY DAY WAL;");
        File.WriteAllText(_folder.File("schemas/misnamed.sql"), Schema);

        CollectorConfig config = Load("""
            nmae: desk
            http:
              listen: 0.0.0.0:9464
            sources:
              daemon:
                - name: a
                - {name: b, url: "ftp://x/"}
                - {name: c, url: "http://x/", fields: {fetches: /f}}
              hosts:
              host:
                - {name: same, interval: 1ms}
                - {name: same}
            delivery: {batch_rows: 0}
            """);

        string[] places = [.. config.Faults.Select(fault => fault.Replace(_folder.Path + "/", "", StringComparison.Ordinal).Split(": ")[0].Split(':') is [var file, var line, ..] ? $"{file}:{line}" : fault)];
        Assert.Equal(
            ["c.yaml:1", "c.yaml:3", "c.yaml:6", "c.yaml:7", "c.yaml:8", "c.yaml:9", "c.yaml:11", "c.yaml:12", "c.yaml:13", "schemas/broken.sql:1", "schemas/misnamed.sql:1"],
            places);
    }

    [Fact]
    public void Load_UnknownSource_NamesTheOneThatIsMeant() =>
        Assert.Contains("did you mean 'daemon'", Assert.Single(Load("sources:\n  deamon:\n    - url: http://x/\n").Faults), StringComparison.Ordinal);

    [Fact]
    public void Load_TwoSourcesOfOneName_IsAFaultAtTheSecond()
    {
        string fault = Assert.Single(Load("""
            sources:
              daemon:
                - {name: a, url: "http://x/"}
                - {name: a, url: "http://y/"}
              host: {name: a}
            """).Faults);

        Assert.StartsWith($"{_folder.File("c.yaml")}:4:", fault, StringComparison.Ordinal);
        Assert.Contains("the second source named daemon/a", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name: x\n")]
    [InlineData("sources:\n")]
    [InlineData("sources: {}\n")]
    [InlineData("sources: {host: []}\n")]
    public void Load_NoSourcesAndNoGateway_IsAFault(string text) =>
        Assert.Contains("names nothing to watch", Assert.Single(Load(text + "gateway: {enabled: false}\n").Faults), StringComparison.Ordinal);

    [Theory]
    [InlineData("name: x\n")]
    [InlineData("sources:\n")]
    [InlineData("sources: {}\n")]
    public void Load_NoSourcesButTheGateway_IsNoFault(string text) => Assert.Empty(Load(text).Faults);

    [Fact]
    public void Load_NoSourcesAndAnotherFault_TellsBoth() =>
        Assert.Equal(2, Load("delivery: {batch_rows: 0}\ngateway: {enabled: false}\n").Faults.Count);

    [Fact]
    public void Load_TableOfASourceMissing_IsAFaultAtTheSource()
    {
        File.Delete(_folder.File("schemas/daemon_metrics.sql"));
        File.Delete(_folder.File("schemas/source_status.sql"));

        CollectorConfig config = Load("schemas_dir: schemas\nsources:\n  daemon:\n    - {name: a, url: \"http://x/\"}\n");

        Assert.Collection(
            config.Faults,
            fault => Assert.Equal($"{_folder.File("c.yaml")}:1:14: schemas_dir: collector/status needs the table source_status, and the schema folder has no source_status.sql", fault),
            fault => Assert.Equal($"{_folder.File("c.yaml")}:4:7: sources.daemon[0]: daemon/a needs the table daemon_metrics, and the schema folder has no daemon_metrics.sql", fault));
    }

    [Fact]
    public void Load_TableOfASourceWithOtherKeys_IsAFault()
    {
        File.WriteAllText(_folder.File("schemas/daemon_metrics.sql"), Schema.Replace("TABLE t ", "TABLE daemon_metrics ", StringComparison.Ordinal));

        Assert.Contains("fills the table daemon_metrics by the keys daemon, host, env, and daemon_metrics.sql defines k", Assert.Single(Load("sources: {daemon: {url: \"http://x/\"}}\n").Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MapThatDoesNotFitItsTable_IsAFaultWhereItStands()
    {
        CollectorConfig config = Load("""
            sources:
              prometheus:
                - url: "http://x/metrics"
                  tables:
                    - table: t
                      keys: {k: one}
                      columns:
                        - {column: v, metric: good}
                        - {column: w, metric: bad}
                    - {table: nope, columns: [{column: w, metric: bad}]}
            """);

        Assert.Collection(
            config.Faults,
            fault => Assert.Equal($"{_folder.File("c.yaml")}:9:24: sources.prometheus[0].tables[0].columns[1].column: the table t has no column w; it has k, v", fault),
            fault => Assert.Equal($"{_folder.File("c.yaml")}:10:19: sources.prometheus[0].tables[1].table: there is no table nope: the schema folder has no nope.sql", fault));
    }

    [Fact]
    public void Load_PrometheusOptionsThatContradict_AreFaults()
    {
        CollectorConfig config = Load("""
            sources:
              prometheus:
                - {name: a, url: "http://x/", token: t, username: u, password: p}
                - {name: b, url: "http://x/", username: u}
                - {name: c, url: "http://x/", keep: ["a(", "(?=a)"], drop_labels: {b: "c)|("}}
                - {name: d, url: "http://x/", raw: none}
                - {name: e, url: "http://x/", tables: [{table: t, columns: [{column: v, metric: m, scale: 0, labels: {a: "["}}]}]}
                - {name: f, url: "http://x/", tables: [{table: t, columns: []}]}
            """);

        Assert.Equal(
            ["[0].token", "[1].username", "[2].keep", "[2].keep", "[2].drop_labels.b", "[3].raw", "[4].tables[0].columns[0].scale", "[4].tables[0].columns[0].labels.a", "[5].tables[0].columns"],
            config.Faults.Select(fault => fault.Split(": ")[1]["sources.prometheus".Length..]));
    }

    [Fact]
    public void Load_NoProcessFileSystemHere_IsNoFaultOfTheFile() => Assert.Empty(Load("sources: {host: {proc: /nowhere}}\n").Faults);

    [Fact]
    public void Load_NoSuchFile_IsTheOnlyFault() =>
        Assert.Equal([$"{_folder.File("none.yaml")}: there is no such file"], CollectorConfig.Load(_folder.File("none.yaml"), _environment).Faults.Take(1));

    [Fact]
    public void Load_Variables_OverrideTheFile()
    {
        _environment["COLLECTOR__ENV"] = "staging";
        _environment["COLLECTOR__SOURCES__DAEMON__0__URL"] = "http://10.0.0.1/status";
        _environment["COLLECTOR__SOURCES__HOST__INTERVAL"] = "30s";

        CollectorConfig config = Load("env: prod\nsources:\n  daemon:\n    - {name: a, url: \"http://x/\"}\n");

        Assert.Empty(config.Faults);
        Assert.Equal("staging", config.Options.Env);
        Assert.Equal("http://10.0.0.1/status", ((DaemonOptions)config.Sources[0].Options).Url.ToString());
        Assert.Equal(("host/default", TimeSpan.FromSeconds(30)), (config.Sources[1].Name, config.Sources[1].Options.Interval));
    }

    [Theory]
    [InlineData("0.0.0.0:9464", false, true)]
    [InlineData("192.168.1.5:9464", false, true)]
    [InlineData("example.org:9464", true, true)]
    [InlineData("0.0.0.0:9464", true, false)]
    [InlineData("127.0.0.1:9464", false, false)]
    [InlineData("localhost:9464", false, false)]
    [InlineData("[::1]:9464", false, false)]
    public void Load_Listener_BeyondThisMachineNeedsAToken(string listen, bool token, bool isFault)
    {
        _environment["TOKEN"] = "sesame-open-please-now";
        CollectorConfig config = Load($"http:\n  listen: \"{listen}\"\n{(token ? "  token: env:TOKEN\n" : "")}sources: {{host: }}\n");

        Assert.Equal(isFault ? 1 : 0, config.Faults.Count);
        Assert.All(config.Faults, fault => Assert.Contains("http.listen", fault, StringComparison.Ordinal));
    }

    private CollectorConfig Load(string text)
    {
        File.WriteAllText(_folder.File("c.yaml"), text);
        return CollectorConfig.Load(_folder.File("c.yaml"), _environment);
    }
}
