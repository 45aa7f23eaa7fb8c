using Collector.Benchmarks.Support;

namespace Collector.Benchmarks.Gateway;

/// <summary>The gateway: what its handler costs a line, and what a client reaches through it beside the database itself.</summary>
internal static class GatewayBenchmark
{
    public static async Task RunAsync(Arguments arguments)
    {
        var report = new Report("gateway", "The gateway: line protocol in over HTTP", arguments);
        await GatewayProcessorTime.RunAsync(report, (int)arguments.Number("requests", 200));
        using QuestDbServer server = await QuestDbServer.StartAsync(arguments);
        report.QuestDb = server.Version;
        string program = arguments.Text("collector") ?? Repository.File("collector", "App", "bin", "Release", "net10.0", "collector");
        using GatewayProcess gateway = await GatewayProcess.StartAsync(program, server.Url);
        await new WriteRate(server, gateway, TimeSpan.FromSeconds(arguments.Number("seconds", 5))).RunAsync(report);
        report.Write();
    }
}
