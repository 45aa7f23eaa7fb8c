using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using Collector.App;
using Collector.App.Commands;
using Collector.App.Doctor;
using Collector.Capabilities;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Sources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Serilog.Core;

namespace Collector.Tests.App;

/// <summary>What a capability brings along is there once it is in the list, and nowhere else has to be touched.</summary>
public sealed class OwnCapabilityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Greenhouse _greenhouse = new();

    private IReadOnlyList<Capability> All => [.. CapabilityList.All, _greenhouse];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Start_WithIt_ReadsItsSourceAndShowsItsTableEndpointAndPage()
    {
        CollectorConfig config = await LoadAsync("greenhouse: {plants: 3}\nsources: {thermometer: {interval: 100ms}}");
        Assert.Empty(config.Faults);
        await using Logger logger = new Serilog.LoggerConfiguration().CreateLogger();
        await using WebApplication app = CollectorHost.Build(config, logger);
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        Assert.Equal("3 plants", await client.GetStringAsync(new Uri("/api/v1/greenhouse", UriKind.Relative)));
        Assert.StartsWith("<!doctype html>", await client.GetStringAsync(new Uri("/greenhouse", UriKind.Relative)), StringComparison.Ordinal);
        Assert.Equal(["/ Status", "/greenhouse Greenhouse"], (await PagesAsync(client)).EnumerateArray().Select(page => $"{page.GetProperty("path")} {page.GetProperty("title")}"));
        Assert.Contains("greenhouse_degrees{place=\"north\"} 21.5", await UntilShownAsync(client, "greenhouse_degrees{"), StringComparison.Ordinal);
        Assert.Equal((true, false), (_greenhouse.Watering.IsRunning, _greenhouse.Watering.WasStopped));

        await app.StopAsync();

        Assert.True(_greenhouse.Watering.WasStopped);
    }

    [Fact]
    public async Task Load_FaultInItsSection_IsTold() =>
        Assert.Contains("greenhouse.plants: ", Assert.Single((await LoadAsync("greenhouse: {plants: 99}")).Faults), StringComparison.Ordinal);

    [Fact]
    public async Task Load_WithoutIt_DoesNotKnowItsSection()
    {
        await LoadAsync("greenhouse: {plants: 3}");

        Assert.Contains("unknown key 'greenhouse'", Assert.Single(CollectorConfig.Load(_folder.File("c.yaml"), NoVariables).Faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_Off_HasNothingOfIt()
    {
        CollectorConfig config = await LoadAsync("greenhouse: {plants: 0}");
        await using Logger logger = new Serilog.LoggerConfiguration().CreateLogger();
        await using WebApplication app = CollectorHost.Build(config, logger);
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        using HttpResponseMessage answer = await client.GetAsync(new Uri("/greenhouse", UriKind.Relative));

        Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(1, (await PagesAsync(client)).GetArrayLength());
    }

    [Fact]
    public async Task Doctor_WithIt_LooksAtIt()
    {
        var findings = new List<Finding>();
        await foreach (Finding finding in Examination.RunAsync(await LoadAsync("greenhouse: {plants: 3}"), withSources: false, TimeProvider.System, CancellationToken.None))
        {
            findings.Add(finding);
        }

        Assert.Contains(Finding.Ok("greenhouse", "3 plants are watered"), findings);
    }

    [Fact]
    public async Task Command_OfIt_ActsOnItsSection()
    {
        await LoadAsync("greenhouse: {plants: 3}");
        await using var output = new StringWriter();

        int code = await CommandLine.Root(All).Parse(["water", "--config", _folder.File("c.yaml")]).InvokeAsync(new InvocationConfiguration { Output = output });

        Assert.Equal((ExitCode.Success, "3 plants\n"), (code, output.ToString()));
    }

    private static Dictionary<string, string> NoVariables => new(StringComparer.Ordinal);

    private static async Task<JsonElement> PagesAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>(new Uri("/api/status", UriKind.Relative))).GetProperty("pages");

    private static async Task<string> UntilShownAsync(HttpClient client, string series)
    {
        string page;
        do
        {
            page = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        }
        while (!page.Contains(series, StringComparison.Ordinal));
        return page;
    }

    private async Task<CollectorConfig> LoadAsync(string text)
    {
        await File.WriteAllTextAsync(_folder.File("c.yaml"), $"data_dir: data\nschemas_dir: {Path.Combine(Repository.Folder, "schemas")}\nhttp: {{listen: \"127.0.0.1:0\"}}\ngateway: {{listen: \"127.0.0.1:0\"}}\n{text}\n");
        return CollectorConfig.Load(_folder.File("c.yaml"), NoVariables, All);
    }

    private sealed class Greenhouse : Capability
    {
        public Watering Watering { get; } = new();

        public override IReadOnlyList<Section> Sections => [Section.Of<GreenhouseOptions>("greenhouse")];

        public override IReadOnlyList<SourceKind> Sources => [SourceKind.Of<ThermometerOptions>("thermometer", (_, context) => new Thermometer(context))];

        public override PageLink Page => new("/greenhouse", "Greenhouse");

        public override IEnumerable<CapabilityCommand> Commands =>
        [
            new CapabilityCommand(
                new ExplainedCommand("water", "Water the plants.", "Exit codes: 0 done."),
                async (_, options, arguments, _) =>
                {
                    await arguments.InvocationConfiguration.Output.WriteLineAsync($"{options.Of<GreenhouseOptions>().Plants} plants");
                    return ExitCode.Success;
                }),
        ];

        public override bool IsOn(SectionOptions options) => options.Of<GreenhouseOptions>().Plants > 0;

        public override void LoadTables(string dataFolder, TableCatalog tables, List<SchemaFault> faults) => tables.Put(SchemaReader.Read(
            "greenhouse.sql",
            """
            CREATE TABLE greenhouse (
                timestamp TIMESTAMP, -- When it was read.
                place     SYMBOL,    -- Where.
                degrees   DOUBLE     -- How warm it is. [gauge greenhouse_degrees]
            ) TIMESTAMP(timestamp) PARTITION BY DAY WAL DEDUP UPSERT KEYS(timestamp, place);
            """,
            faults)!);

        public override void AddServices(IServiceCollection services, SectionOptions options)
        {
            services.AddSingleton(options.Of<GreenhouseOptions>());
            services.AddSingleton<IStage>(Watering);
        }

        public override void Map(IEndpointRouteBuilder endpoints, IServiceProvider services)
        {
            endpoints.MapGet("/api/v1/greenhouse", () => $"{services.GetRequiredService<GreenhouseOptions>().Plants} plants");
            endpoints.MapGet("/greenhouse", () => Results.Content("<!doctype html><title>Greenhouse</title>", "text/html"));
        }

        public override async IAsyncEnumerable<Finding> ExamineAsync(
            Installation installation, SectionOptions options, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            yield return Finding.Ok("greenhouse", $"{options.Of<GreenhouseOptions>().Plants} plants are watered");
        }
    }

    private sealed record GreenhouseOptions
    {
        /// <summary>Plants that are watered. Default 0: none.</summary>
        [System.ComponentModel.DataAnnotations.Range(0, 10)]
        public int Plants { get; init; }
    }

    private sealed record ThermometerOptions : SourceOptions;

    private sealed class Thermometer(SourceContext context) : ISource
    {
        private readonly Table _table = context.Table("greenhouse", "place");

        public Task ReadAsync(Reading reading, CancellationToken cancellationToken)
        {
            LineWriter row = reading.Begin(_table, "north");
            row.Set(_table["degrees"], 21.5);
            reading.End(row, context.Clock.GetUtcNow());
            return Task.CompletedTask;
        }
    }

    private sealed class Watering : IStage
    {
        public Stage Stage => Stage.Maintain;

        public bool IsRunning { get; private set; }

        public bool WasStopped { get; private set; }

        public void Start() => IsRunning = true;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            WasStopped = true;
            return Task.CompletedTask;
        }
    }
}
