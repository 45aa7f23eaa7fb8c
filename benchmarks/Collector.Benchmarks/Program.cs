using System.Reflection;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Running;
using Collector.Benchmarks.Exposition;
using Collector.Benchmarks.Gateway;
using Collector.Benchmarks.History;
using Collector.Benchmarks.Lines;
using Collector.Benchmarks.Load;
using Collector.Benchmarks.Pipe;
using Collector.Benchmarks.SpoolLogs;
using Collector.Benchmarks.StartUp;
using Collector.Benchmarks.Support;

// The runtime itself ends on a signal without further ado, and what was started would go on.
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);

// Caught, so that what the benchmark started ends with it.
try
{
    await RunAsync();
    return 0;
}
#pragma warning disable CA1031 // Whatever it is, it is told, and the exit code says so.
catch (Exception exception)
#pragma warning restore CA1031
{
    await Console.Error.WriteLineAsync(exception.ToString());
    return 1;
}

// The parts of scripts/bench.sh, each by its name; anything else is for BenchmarkDotNet (--list flat, --filter ...).
async Task RunAsync()
{
    switch (args.FirstOrDefault())
    {
        case "lines":
            LineProcessorTime.Run(Options());
            break;
        case "gateway":
            await GatewayBenchmark.RunAsync(Options());
            break;
        case "scrape":
            ScrapeProcessorTime.Run(Options());
            break;
        case "append":
            await AppendBenchmark.RunAsync(Options());
            break;
        case "open":
            await OpenBenchmark.RunAsync(Options());
            break;
        case "pipe":
            await PipeBenchmark.RunAsync(Options());
            break;
        case "load":
            await LoadBenchmark.RunAsync(Options());
            break;
        case "load-host":
            await LoadHost.RunAsync(Options());
            break;
        case "start":
            await StartUpBenchmark.RunAsync(Options());
            break;
        case "history":
            await HistoryBenchmark.RunAsync(Options());
            break;
        default:
            BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args);
            break;
    }
}

Arguments Options() => new(args.AsSpan(1));

static void End(PosixSignalContext signal) => Environment.Exit(signal.Signal == PosixSignal.SIGINT ? 130 : 143);
