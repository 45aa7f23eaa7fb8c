using System.Reflection;
using BenchmarkDotNet.Running;
using Collector.Benchmarks.Lines;

// "lines-processor-time" measures without BenchmarkDotNet, on a machine that others load.
if (args is ["lines-processor-time"])
{
    LineProcessorTime.Run(Console.Out);
    return;
}

BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args);
