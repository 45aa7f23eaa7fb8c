using System.Net;
using System.Net.Sockets;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>What the program says and ends with when it is called as it should not be, or cannot start.</summary>
public sealed class CommandLineTests : IDisposable
{
    private const string Sources = "sources:\n  host:\n    - interval: 1s";
    private static readonly TimeSpan Soon = CollectorProcess.Soon;
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Help_OfTheProgram_NamesCommandsAndExitCodes()
    {
        await using ChildProcess help = await RunAsync("--help");

        Assert.Equal(0, help.ExitCode);
        Assert.Contains("run ", help.Output, StringComparison.Ordinal);
        Assert.Contains("check ", help.Output, StringComparison.Ordinal);
        Assert.Contains("Exit codes: 0 ", help.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("walk")]
    [InlineData("run", "--colour")]
    [InlineData("check", "--config")]
    [InlineData]
    public async Task Call_NotUnderstood_EndsWithTwoAndSaysWhy(params string[] arguments)
    {
        await using ChildProcess call = await RunAsync(arguments);

        Assert.Equal(2, call.ExitCode);
        Assert.NotEmpty(call.ErrorOutput);
    }

    [Fact]
    public async Task Check_GoodConfiguration_EndsWithZero()
    {
        await using ChildProcess check = await RunAsync(CollectorProcess.Arguments("check", RepositoryRoot.Combine("demo", "collector.yaml")));

        Assert.Equal(0, check.ExitCode);
        Assert.Contains("no faults", check.Output, StringComparison.Ordinal);
        Assert.Equal("", check.ErrorOutput);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("run")]
    public async Task Call_SeveralFaults_NamesEachWithItsPlaceAndStartsNothing(string command)
    {
        int port = FreePort.Next();
        string file = Write($"""
            data_dir: data
            schemas_dir: {RepositoryRoot.Combine("schemas")}
            http:
              listen: 127.0.0.1:{port}
            delivery:
              linger: soon
              batch_rows: 0
            colour: red
            sources:
              daemon:
                - name: oi-fetcher
            """);

        await using ChildProcess call = await RunAsync(CollectorProcess.Arguments(command, file));

        Assert.Equal(2, call.ExitCode);
        foreach (string place in (string[])["6:11", "7:15", "8:1", "11:7"])
        {
            Assert.Contains($"{file}:{place}: ", call.ErrorOutput, StringComparison.Ordinal);
        }

        Assert.EndsWith("4 faults; nothing was started.", call.ErrorOutput, StringComparison.Ordinal);
        Assert.Equal(call.ErrorOutput, call.Output);
        Assert.False(Directory.Exists(_folder.Combine("data")));
    }

    [Fact]
    public async Task Run_NoSuchFile_SaysSo()
    {
        string file = _folder.Combine("nowhere.yaml");

        await using ChildProcess run = await RunAsync(CollectorProcess.Arguments("run", file));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"{file}: there is no such file", run.ErrorOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_FileInPlaceOfTheDataFolder_SaysSo()
    {
        string file = Write($"data_dir: data\nschemas_dir: {RepositoryRoot.Combine("schemas")}\nhttp:\n  listen: 127.0.0.1:{FreePort.Next()}\n{Sources}\n");
        await File.WriteAllTextAsync(_folder.Combine("data"), "");

        await using ChildProcess run = await RunAsync(CollectorProcess.Arguments("run", file));

        AssertOneSentence(run, _folder.Combine("data"));
    }

    [Fact]
    public async Task Run_DataFolderInUse_NamesItAndTheProcess()
    {
        await using var first = new CollectorProcess(Sources);
        await first.StartReadyAsync();

        await using ChildProcess second = await RunAsync(
            CollectorProcess.Arguments("run", first.ConfigFile), ("COLLECTOR__HTTP__LISTEN", $"127.0.0.1:{FreePort.Next()}"));

        AssertOneSentence(second, $"in use by process {first.ProcessId}");
        Assert.Contains(first.DataFolder, second.ErrorOutput, StringComparison.Ordinal);
        Assert.Equal(200, (await first.GetAsync("health/ready")).Status);
    }

    [Fact]
    public async Task Run_PortInUse_NamesItAndTheSetting()
    {
        using var taken = new TcpListener(IPAddress.Loopback, FreePort.Next());
        taken.Start();
        string address = taken.LocalEndpoint.ToString()!;
        string file = Write($"data_dir: data\nschemas_dir: {RepositoryRoot.Combine("schemas")}\nhttp:\n  listen: {address}\n{Sources}\n");

        await using ChildProcess run = await RunAsync(CollectorProcess.Arguments("run", file));

        AssertOneSentence(run, address);
        Assert.Contains("http.listen", run.ErrorOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_StoreAway_TriesForTheShutdownTimeoutAndKeepsTheRows()
    {
        // Longer than the 2 s after which the command line library would end the process by itself.
        await using var collector = new CollectorProcess(
            "delivery:\n  shutdown_timeout: 3s", $"store:\n  type: questdb\n  questdb:\n    url: http://127.0.0.1:{FreePort.Next()}", Sources);
        await collector.StartAsync();
        await collector.WaitForHealthAsync(503);
        await collector.MetricsUntilAsync(page => page.Count("collector_rows_pending") >= 1);

        (int code, TimeSpan took) = await collector.EndAsync(UnixSignal.Terminate);

        Assert.Equal(0, code);
        Assert.InRange(took, TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(10));
        Assert.Contains("rows are not delivered yet; they are on disk and will be sent after the next start", collector.Output, StringComparison.Ordinal);
        Assert.Contains("INF Stopped", collector.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static void AssertOneSentence(ChildProcess run, string containing)
    {
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("The collector cannot start: ", run.ErrorOutput, StringComparison.Ordinal);
        Assert.Contains(containing, run.ErrorOutput, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', run.ErrorOutput);
        Assert.DoesNotContain("   at ", run.Output, StringComparison.Ordinal);
    }

    private static Task<ChildProcess> RunAsync(params string[] arguments) => RunAsync(arguments, []);

    private static async Task<ChildProcess> RunAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        Dictionary<string, string?> variables = environment.ToDictionary(pair => pair.Name, pair => (string?)pair.Value, StringComparer.Ordinal);
        variables.TryAdd("COLLECTOR__GATEWAY__LISTEN", "127.0.0.1:0");
        var child = ChildProcess.StartProgram("collector/App", "collector", arguments, variables);
        await child.WaitForExitAsync(Soon);
        return child;
    }

    private string Write(string yaml)
    {
        string file = _folder.Combine("collector.yaml");
        File.WriteAllText(file, yaml);
        return file;
    }
}
