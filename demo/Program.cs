using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Demo;

internal static class Program
{
    private const int Failure = 1;

    public static Task<int> Main(string[] args) => DemoCommand.InvokeAsync(args, RunAsync);

    private static async Task<int> RunAsync(DemoOptions options)
    {
        await using WebApplication app = DemoApp.Build(options, TimeProvider.System);
        SimulationLoop loop = app.Services.GetRequiredService<SimulationLoop>();
        try
        {
            await app.StartAsync();
            foreach (string url in app.Urls)
            {
                await Console.Out.WriteLineAsync($"demo: {url}/ tells what there is (seed {options.Seed}, speed {options.Speed})");
            }

            await app.WaitForShutdownAsync();
        }
        catch (Exception) when (loop.Fault is not null)
        {
            // A loop that fails while the host still starts makes the start throw too; the loop knows why.
        }
        catch (IOException taken)
        {
            await Console.Error.WriteLineAsync($"demo: cannot listen: {taken.Message}");
            return Failure;
        }

        if (loop.Fault is { } unwritten)
        {
            await Console.Error.WriteLineAsync($"demo: cannot write the catalog: {unwritten.Message}");
            return Failure;
        }

        return 0;
    }
}
