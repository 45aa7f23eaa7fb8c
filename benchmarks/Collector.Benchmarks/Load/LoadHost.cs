using System.Globalization;
using Collector.App;
using Collector.Benchmarks.Support;
using Collector.Pipe;
using Collector.Pipe.Delivery;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Serilog;

namespace Collector.Benchmarks.Load;

/// <summary>
/// The collector as <c>collector run</c> puts it together, in a process of its own, with a generator beside its sources.
/// Standard input sets the rate (<c>rate 10000</c>) and ends it (end of input); standard output is <see cref="LoadStatus"/>.
/// </summary>
internal static class LoadHost
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(100);

    public static async Task RunAsync(Arguments arguments)
    {
        var config = CollectorConfig.Load(arguments.Required("config"), new Dictionary<string, string>(StringComparer.Ordinal));
        if (config.Faults.Count > 0)
        {
            throw new InvalidOperationException(string.Join('\n', config.Faults));
        }

        await using Serilog.Core.Logger logger = new LoggerConfiguration().CreateLogger();
        await using WebApplication app = CollectorHost.Build(config, logger);
        await app.StartAsync();
        var generator = new LoadGenerator(config.Tables["trades"], app.Services.GetRequiredService<Intake>());
        using var stopping = new CancellationTokenSource();
        var generating = Task.Run(() => generator.RunAsync(stopping.Token));
        var telling = Task.Run(() => TellAsync(generator, app.Services.GetRequiredService<Lanes>(), stopping.Token));
        while (await Console.In.ReadLineAsync() is { } line)
        {
            generator.Rate = long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
        }

        await stopping.CancelAsync();
        await Task.WhenAll(generating, telling);
        await app.StopAsync();
    }

    private static async Task TellAsync(LoadGenerator generator, Lanes lanes, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            LedgerEntry books = lanes.Ledger.FirstOrDefault(entry => entry.Table == "trades");
            Console.WriteLine(new LoadStatus(
                (long)TimeProvider.System.GetElapsedTime(0).TotalMicroseconds, generator.Offered, generator.Refused,
                books.Delivered, books.Pending, books.Remainder,
                (long)Environment.CpuUsage.TotalTime.TotalMicroseconds, GC.GetTotalAllocatedBytes(), Environment.WorkingSet));
            await Task.Delay(StatusInterval, CancellationToken.None);
        }
    }
}
