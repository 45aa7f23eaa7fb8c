using System.Reflection;
using BenchmarkDotNet.Running;
using Collector.Benchmarks.Lines;
using Collector.Benchmarks.Pipe;
using Collector.Benchmarks.Support;

// The parts of scripts/bench.sh, each by its name; anything else is for BenchmarkDotNet (--list flat, --filter ...).
switch (args.FirstOrDefault())
{
    case "lines-processor-time":
        LineProcessorTime.Run(Console.Out);
        break;
    case "pipe":
        await PipeBenchmark.RunAsync(new Arguments(args.AsSpan(1)));
        break;
    default:
        BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args);
        break;
}
