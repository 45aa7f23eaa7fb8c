using System.Text.Json;
using Collector.FaultTests.Feeding;

[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

namespace Collector.FaultTests;

/// <summary>The feeder's entry: <c>feed SETUP</c>, with the setup as JSON. Tests do not come this way.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        if (arguments is not ["feed", { } setup])
        {
            return 2;
        }

        await using var feeder = new Feeder(JsonSerializer.Deserialize<FeederSetup>(setup)!);
        return await feeder.RunAsync();
    }
}
