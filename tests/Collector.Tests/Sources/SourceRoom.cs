using Collector.Lines;
using Collector.Sources;
using Collector.Tables;

namespace Collector.Tests.Sources;

/// <summary>What a source is made with: the shipped tables, a clock, a memory; and its rows read back.</summary>
internal sealed class SourceRoom
{
    private readonly CounterBaselines _baselines = new();

    public static TableCatalog Tables { get; } = Load();

    public WatchedClock Clock { get; } = new();

    public MemoryState State { get; set; } = new();

    public SourceContext Context(string name) => new(name, "machine", "test", Tables, Clock, State);

    /// <summary>Takes one reading: its rows, and why it was not taken wholly.</summary>
    public async Task<(IReadOnlyList<WrittenRow> Rows, SourceException? Error)> ReadAsync(ISource source, CancellationToken cancellationToken = default)
    {
        var sink = new RecordedSink();
        var reading = new Reading("test", Clock, _baselines);
        SourceException? error = null;
        try
        {
            await source.ReadAsync(reading, cancellationToken);
        }
        catch (SourceException exception)
        {
            error = exception;
        }

        Assert.Empty(reading.Refused);
        await reading.HandOverAsync(sink, TimeSpan.Zero, CancellationToken.None);
        return (sink.Rows, error);
    }

    private static TableCatalog Load()
    {
        var faults = new List<SchemaFault>();
        var tables = TableCatalog.Load(Path.Combine(Repository.Folder, "schemas"), faults);
        Assert.Empty(faults);
        return tables;
    }
}
