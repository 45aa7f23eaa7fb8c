using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Collector.Benchmarks.Support;

namespace Collector.Benchmarks.StartUp;

/// <summary>From the start of the process until <c>/health/ready</c> answers 200, with either store.</summary>
internal sealed class StartUpBenchmark(Arguments arguments, Report report)
{
    private const double Seconds = 1;

    private static readonly TimeSpan GivesUpAfter = TimeSpan.FromMinutes(1);

    private readonly List<string[]> _rows = [];

    public static async Task RunAsync(Arguments arguments)
    {
        var report = new Report("start", "From start to ready", arguments);
        using QuestDbServer server = await QuestDbServer.StartAsync(arguments);
        report.QuestDb = server.Version;
        await new StartUpBenchmark(arguments, report).RunAsync(server);
        report.Write();
    }

    private async Task RunAsync(QuestDbServer server)
    {
        string built = arguments.Text("collector") ?? Repository.File("collector", "App", "bin", "Release", "net10.0", "collector");
        string? published = arguments.Text("published");
        await OfStoreAsync("SQLite", [], built, published);
        await OfStoreAsync("QuestDB", [("COLLECTOR__STORE__TYPE", "questdb"), ("COLLECTOR__STORE__QUESTDB__URL", server.Url.ToString())], built, published);
        report.Say("Median of the runs, each with an empty data folder; the host source, the shipped schemas. `published` is `dotnet publish -r`, compiled ahead of time (ReadyToRun); `built` is the output of `dotnet build`, compiled while it starts. `live` is the first answer of the listener. Processor time is the collector's until it was ready.");
        report.Table(["store", "program", "live", "ready", "processor time", "resident"], _rows);
    }

    private async Task OfStoreAsync(string store, (string, string)[] environment, string built, string? published)
    {
        Started slow = await MedianAsync(environment, built);
        Add(store, "built", slow);
        if (published is null)
        {
            return;
        }

        Started fast = await MedianAsync(environment, published);
        Add(store, "published", fast);
        report.Add(new Finding($"start to ready, {store}", $"{fast.Ready.TotalSeconds:0.00} s ({fast.Cpu.TotalSeconds:0.00} s of processor time)", $"not compiled ahead {slow.Ready.TotalSeconds:0.00} s", $"< {Seconds} s", fast.Ready.TotalSeconds < Seconds));
    }

    private void Add(string store, string program, Started run) =>
        _rows.Add([store, program, $"{run.Live.TotalSeconds:0.00} s", $"{run.Ready.TotalSeconds:0.00} s", $"{run.Cpu.TotalSeconds:0.00} s", $"{run.Resident >> 20} MB"]);

    private async Task<Started> MedianAsync((string, string)[] environment, string program)
    {
        var runs = new List<Started>();
        for (long i = 0; i < arguments.Number("runs", 7); i++)
        {
            runs.Add(await StartAsync(environment, program));
        }

        return runs.OrderBy(run => run.Ready).ElementAt(runs.Count / 2);
    }

    private static async Task<Started> StartAsync((string Name, string Value)[] environment, string program)
    {
        using var folder = new TemporaryFolder();
        int port = Children.FreePort();
        string config = folder.Sub("collector.yaml");
        await File.WriteAllTextAsync(config, $"schemas_dir: {Repository.File("schemas")}\nsources:\n  host: [{{interval: 10s}}]\nhttp: {{listen: 127.0.0.1:{port}}}\ngateway: {{listen: 127.0.0.1:{Children.FreePort()}}}\n");
        var start = new ProcessStartInfo(program, ["run", "--config", config]) { UseShellExecute = false, RedirectStandardOutput = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        long began = Stopwatch.GetTimestamp();
        using Process process = Children.Start(start);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        TimeSpan live = await UntilAsync(process, port, "/health/live", began);
        TimeSpan ready = await UntilAsync(process, port, "/health/ready", began);
        process.Refresh();
        var started = new Started(live, ready, process.TotalProcessorTime, process.WorkingSet64);
        Children.Stop(process, TimeSpan.FromSeconds(30));
        await output;
        return started;
    }

    private static async Task<TimeSpan> UntilAsync(Process process, int port, string path, long began)
    {
        while (!await AnswersAsync(port, path))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > GivesUpAfter)
            {
                throw new InvalidOperationException($"The collector does not answer 200 at {path}.");
            }

            await Task.Delay(2);
        }

        return Stopwatch.GetElapsedTime(began);
    }

    private static async Task<bool> AnswersAsync(int port, string path)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            await socket.SendAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")));
            byte[] answer = new byte[12];
            int read = await socket.ReceiveAsync(answer);
            return answer.AsSpan(0, read).SequenceEqual("HTTP/1.1 200"u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private sealed record Started(TimeSpan Live, TimeSpan Ready, TimeSpan Cpu, long Resident);
}
