using System.Diagnostics;
using System.Text;
using Collector.App;
using Collector.Capabilities;
using Collector.Capabilities.Gateway;
using Collector.Lines;
using Collector.Settings;
using Collector.Sources;
using Collector.Sources.Daemon;
using Collector.Sources.Exchange;
using Collector.Sources.Pipeline;
using Collector.Sources.Prometheus;
using Collector.Sources.Trading;

namespace Collector.Tests.App.Fuzz;

/// <summary>
/// Whatever comes from outside, nothing is thrown but what says what is wrong with it, and nothing hangs. Seven seconds a kind;
/// ten minutes with <c>COLLECTOR_TESTS_LONG=1</c>. An input that fails goes to <c>tests/corpus/</c>.
/// </summary>
public sealed class CorpusFuzzTests
{
    private static readonly TimeSpan Budget = Environment.GetEnvironmentVariable("COLLECTOR_TESTS_LONG") == "1" ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(7);

    [Fact]
    public async Task Lines_ReadAndWrittenAnew_AreTheSameRows()
    {
        var reader = new LineReader(GatewayRoom.Plain) { Unknown = [], MaxRowBytes = 1024 };
        var again = new LineReader(GatewayRoom.Plain);
        var written = new LineRewriter(GatewayRoom.Plain);
        await RunAsync("lines", 1, input =>
        {
            written.Clear();
            reader.Start(input, TimeWindow.At(TestTable.Now, GatewayRoom.Plain));
            int rows = 0, lines = 0, at = 0;
            for (LineStatus status = reader.Read(); status != LineStatus.End; status = reader.Read())
            {
                Assert.True(reader.Position > at, "reading stands still");
                (at, lines) = (reader.Position, lines + 1);
                if (status == LineStatus.Row && reader.HasTime)
                {
                    written.Add(reader);
                    rows++;
                }
            }

            Assert.InRange(lines, 0, input.Length);
            again.Start(written.Written.ToArray(), TimeWindow.Any);
            for (int i = 0; i < rows; i++)
            {
                Assert.True(again.Read() == LineStatus.Row, $"what was written is not read: {again.Fault?.Message}");
            }

            Assert.Equal(LineStatus.End, again.Read());
            return Task.CompletedTask;
        });
    }

    [Theory]
    [InlineData("lines", BadLine.Quarantine, 2)]
    [InlineData("lines", BadLine.Reject, 3)]
    [InlineData("influx", BadLine.Quarantine, 4)]
    [InlineData("influx", BadLine.Reject, 5)]
    internal async Task Requests_AccountForEachLine(string kind, BadLine onBadLine, int seed)
    {
        var sink = new CountingSink { Verifies = true };
        using var room = new GatewayRoom(new GatewayOptions { OnBadLine = onBadLine, MaxTables = 30, MaxColumns = 20, MaxLineBytes = new ByteSize(1024) }, sink);
        await RunAsync(kind, seed, async input =>
        {
            room.Clock.Advance(TimeSpan.FromMilliseconds(5)); // lines without a time take a microsecond each
            (long rows, long refused) = (sink.Rows, sink.Refused);
            WriteResult result = await room.Writer.WriteAsync(input, Precision.Nanoseconds, new RequestProgress(), CancellationToken.None, kind == "influx" ? room.Budget : null);

            Assert.Equal(sink.Refused - refused, result.Quarantined);
            Assert.InRange(sink.Rows - rows, 0, result.Accepted);
            Assert.True(result.Status == WriteStatus.Accepted || (onBadLine == BadLine.Reject && sink.Rows == rows && result.Fault is not null), $"{result.Status}: {result.Reason}");
        });
    }

    [Fact]
    public async Task Pages_OfAllSources_AreReadOrSaidToBeNone()
    {
        await using DaemonEndpoint endpoint = await DaemonEndpoint.StartAsync();
        byte[] page = [];
        endpoint.Answer = context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.Body.WriteAsync(page).AsTask();
        };
        var room = new SourceRoom();
        using var daemon = new DaemonSource(new DaemonOptions { Name = "d", Url = endpoint.Url }, room.Context("daemon/d"));
        using var trading = new TradingSource(new TradingOptions { Name = "t", Url = endpoint.Url }, room.Context("trading/t"));
        using var pipeline = new PipelineSource(new PipelineOptions { Name = "p", Url = endpoint.Url }, room.Context("pipeline/p"));
        var path = new MessagePath("/data/0/T");
        await RunAsync("json", 6, async input =>
        {
            page = input;
            foreach (ISource source in (ISource[])[daemon, trading, pipeline])
            {
                await room.ReadAsync(source); // what is wrong with it is a SourceException, and no other
            }

            EventTime.TryRead(input, isWhole: true, path, TimeUnit.Ms, out _);
        });
    }

    [Fact]
    public async Task PrometheusPages_AreReadOrSaidToBeNone() => await RunAsync("prometheus", 7, input =>
    {
        int lines = input.Count(value => value == (byte)'\n') + 1;
        foreach (ExpositionFormat format in Enum.GetValues<ExpositionFormat>())
        {
            Assert.InRange(SampleTexts.Of(input, format).Count, 0, lines + 1);
        }

        return Task.CompletedTask;
    });

    [Fact]
    public async Task ConfigurationFiles_AreReadOrTheirFaultsAreNamed()
    {
        using var folder = new TemporaryFolder();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        await RunAsync("yaml", 8, async input =>
        {
            await File.WriteAllBytesAsync(folder.File("c.yaml"), input);
            var binder = new OptionsBinder(ConfigFile.Read(folder.File("c.yaml"), environment));
            Section[] sections = [.. CapabilityList.All.SelectMany(capability => capability.Sections)];
            binder.Bind<CollectorOptions>([.. sections.Select(section => section.Key), "sources"]);
            Array.ForEach(sections, section => binder.BindSection(section.Key, section.Options));
            binder.BindTyped("sources", SourceCatalog.All.ToDictionary(kind => kind.Slug, kind => kind.Options, StringComparer.Ordinal));
            Assert.All(binder.Faults, fault => Assert.NotEmpty(fault.ToString()));
        });
    }

    private static async Task RunAsync(string kind, int seed, Func<byte[], Task> target)
    {
        var corpus = new Corpus(kind, seed);
        Assert.NotEmpty(corpus.Inputs);
        foreach (byte[] input in corpus.Inputs)
        {
            await TryAsync(kind, input, target);
        }

        for (long began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < Budget;)
        {
            await TryAsync(kind, corpus.Next(), target);
        }
    }

    private static async Task TryAsync(string kind, byte[] input, Func<byte[], Task> target)
    {
        try
        {
            await target(input).WaitAsync(TimeSpan.FromMinutes(1));
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"this input fails; keep it in tests/corpus/{kind}: {Convert.ToBase64String(input)}\n{Encoding.UTF8.GetString(input)}", exception);
        }
    }
}
