using System.Text;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Scripts;

/// <summary>scripts/export.sh against a QuestDB that asks for a login.</summary>
public sealed class ExportScriptTests(ExportedDatabase database) : IClassFixture<ExportedDatabase>, IDisposable
{
    private static readonly string Script = RepositoryRoot.Combine("scripts", "export.sh");
    private readonly TemporaryFolder _folder = new();

    private string Password
    {
        get
        {
            string file = _folder.Combine("password");
            File.WriteAllText(file, ExportedDatabase.Password + "\n");
            return file;
        }
    }

    [SkippableFact]
    public async Task Export_TableOfADay_WritesItsRowsAndNoOthers()
    {
        string file = _folder.Combine("trades.csv");

        await using ChildProcess export = await ExportAsync("trades", "--from", "2026-03-02", "--to", "2026-03-03", "--output", file);

        Assert.True(export.ExitCode == 0, export.ErrorOutput);
        string[] lines = await File.ReadAllLinesAsync(file);
        Assert.Equal("\"timestamp\",\"venue\",\"price\"", lines[0]);
        Assert.Equal(24, lines.Length - 1);
        Assert.StartsWith("\"2026-03-02T00:00:00.000000Z\",", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("\"2026-03-02T23:00:00.000000Z\",", lines[^1], StringComparison.Ordinal);
        Assert.Contains("24 rows, 2026-03-02T00:00:00Z to 2026-03-03T00:00:00Z", export.ErrorOutput, StringComparison.Ordinal);
        Assert.Equal([file], Directory.EnumerateFiles(_folder.Path, "*trades*"));
    }

    [SkippableFact]
    public async Task Export_ToAParquetFile_WritesParquet()
    {
        string file = _folder.Combine("trades.parquet");

        await using ChildProcess export = await ExportAsync("trades", "--from", "2026-03-01", "--to", "2026-03-04", "--output", file);

        Assert.True(export.ExitCode == 0, export.ErrorOutput);
        byte[] bytes = await File.ReadAllBytesAsync(file);
        Assert.Equal("PAR1", Encoding.ASCII.GetString(bytes[..4]));
        Assert.Equal("PAR1", Encoding.ASCII.GetString(bytes[^4..]));
    }

    [SkippableFact]
    public async Task Export_QueryWithMacrosToStandardOutput_IsSampled()
    {
        await using ChildProcess export = await ExportAsync(
            "--sql", "SELECT timestamp, count() AS n FROM trades WHERE $__timeFilter(timestamp) SAMPLE BY $__sampleByInterval; ",
            "--every", "12h", "--from", "2026-03-01T00:00", "--to", "2026-03-02T00:00:00Z", "--output", "-", "--quiet");

        Assert.Equal("", export.ErrorOutput);
        Assert.Equal("\"timestamp\",\"n\"\n\"2026-03-01T00:00:00.000000Z\",12\n\"2026-03-01T12:00:00.000000Z\",12", export.Output.Replace("\r", "", StringComparison.Ordinal));
    }

    [SkippableTheory]
    [InlineData("no_such_table", "table does not exist")]
    [InlineData("venues", "Invalid column")]
    public async Task Export_RefusedQuery_SaysWhyAndWritesNothing(string name, string reason)
    {
        await using ChildProcess export = await ExportAsync(name, "--output", _folder.Combine("out.csv"));

        Assert.Equal(1, export.ExitCode);
        Assert.Contains("refuses the query (HTTP 400)", export.ErrorOutput, StringComparison.Ordinal);
        Assert.Contains(reason, export.ErrorOutput, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "out*"));
    }

    [SkippableFact]
    public async Task Export_WrongPassword_SaysWhatToSet()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        await using ChildProcess export = await RunAsync(Login("wrong"), "trades", "--output", "-");

        Assert.Equal(1, export.ExitCode);
        Assert.Contains("refuses the login (HTTP 401); set QUESTDB_USER", export.ErrorOutput, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Export_FileThatIsThere_IsLeftAloneUnlessForced()
    {
        string file = _folder.Combine("there.csv");
        await File.WriteAllTextAsync(file, "mine");

        await using ChildProcess refused = await ExportAsync("trades", "--output", file);
        Assert.Equal(2, refused.ExitCode);
        Assert.Equal("mine", await File.ReadAllTextAsync(file));

        await using ChildProcess forced = await ExportAsync("trades", "--from", "2026-03-01", "--to", "2026-03-02", "--output", file, "--force");
        Assert.True(forced.ExitCode == 0, forced.ErrorOutput);
        Assert.Equal(25, (await File.ReadAllLinesAsync(file)).Length);
    }

    [Theory]
    [InlineData("what shall be exported?")]
    [InlineData("no option '--since'", "trades", "--since", "now")]
    [InlineData("--from takes a value", "trades", "--from")]
    [InlineData("--from takes a time", "trades", "--from", "yesterday")]
    [InlineData("--to takes a time", "trades", "--to", "2026-02-30")]
    [InlineData("has to be before", "trades", "--from", "now", "--to", "-1h")]
    [InlineData("--format takes csv or parquet", "trades", "--format", "xlsx")]
    [InlineData("--every takes an interval", "trades", "--every", "1 hour")]
    [InlineData("no name of an export or a table", "trades; DROP TABLE trades")]
    [InlineData("either a name or --sql", "trades", "--sql", "SELECT 1")]
    [InlineData("a second", "trades", "quotes")]
    [InlineData("a variable that only Grafana knows: $daemon", "--sql", "SELECT '$daemon'")]
    [InlineData("begin with http", "trades", "--url", "localhost:9000")]
    public async Task Export_WrongArguments_AreToldBeforeAnythingIsAsked(string told, params string[] arguments)
    {
        await using ChildProcess export = await RunAsync(Nobody, arguments);

        Assert.Equal(2, export.ExitCode);
        Assert.Contains(told, export.ErrorOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_NobodyAnswers_SaysWhom()
    {
        await using ChildProcess export = await RunAsync(Nobody, "trades", "--output", _folder.Combine("out.csv"));

        Assert.Equal(1, export.ExitCode);
        Assert.Contains("http://127.0.0.1:1 did not answer", export.ErrorOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_OfTheExports_TellsWhatIsInEach()
    {
        await using ChildProcess list = await ChildProcess.RunAsync("bash", [Script, "--list"], ShellScripts.Soon);

        string[] lines = list.Output.Split('\n');
        Assert.Equal(Directory.GetFiles(RepositoryRoot.Combine("scripts", "export"), "*.sql").Length, lines.Length);
        Assert.All(lines, line => Assert.Matches(@"^[a-z_]+ +\S.*\.$", line));
    }

    public void Dispose() => _folder.Dispose();

    private static Dictionary<string, string?> Nobody => new(StringComparer.Ordinal) { ["QUESTDB_URL"] = "http://127.0.0.1:1" };

    private async Task<ChildProcess> ExportAsync(params string[] arguments)
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        Dictionary<string, string?> login = Login(null);
        login["QUESTDB_PASSWORD_FILE"] = Password;
        return await RunAsync(login, arguments);
    }

    private Dictionary<string, string?> Login(string? password) => new(StringComparer.Ordinal)
    {
        ["QUESTDB_URL"] = database.Url.ToString(),
        ["QUESTDB_USER"] = ExportedDatabase.Username,
        ["QUESTDB_PASSWORD"] = password,
    };

    private static Task<ChildProcess> RunAsync(IReadOnlyDictionary<string, string?> environment, params string[] arguments) =>
        ChildProcess.RunAsync("bash", [Script, .. arguments], ShellScripts.Soon, environment);
}

/// <summary>A QuestDB with a login, and three days of a row an hour.</summary>
public sealed class ExportedDatabase : IAsyncLifetime
{
    public const string Username = "ada";
    public const string Password = "a \"quoted\" \\ one";
    private QuestDbServer? _server;

    public Uri Url => _server!.Url;

    public async Task InitializeAsync()
    {
        if (!QuestDb.OwnAvailable(out _))
        {
            return;
        }

        _server = await QuestDbServer.StartAsync(new QuestDbOptions { Username = Username, Password = Password });
        await _server.ExecAsync("CREATE TABLE venues (venue SYMBOL)");
        await _server.ExecAsync("CREATE TABLE trades (timestamp TIMESTAMP, venue SYMBOL, price DOUBLE) TIMESTAMP(timestamp) PARTITION BY DAY WAL");
        await _server.ExecAsync("INSERT INTO trades SELECT dateadd('h', cast(x - 1 AS INT), '2026-03-01T00:00:00Z'), 'okx', x FROM long_sequence(72)");
        await _server.ExecUntilAsync("SELECT count() FROM trades", answer => answer.Rows[0][0].GetInt64() == 72, TimeSpan.FromMinutes(1));
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
