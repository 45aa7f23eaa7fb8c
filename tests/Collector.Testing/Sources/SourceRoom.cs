using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Sources;

namespace Collector.Testing;

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

        return (await RowsAsync(reading), error);
    }

    /// <summary>Takes one reading that has to succeed: its rows, and the reading for what else it tells.</summary>
    public async Task<(IReadOnlyList<WrittenRow> Rows, Reading Reading)> TakeAsync(ISource source)
    {
        var reading = new Reading("test", Clock, _baselines);
        await source.ReadAsync(reading, CancellationToken.None);
        return (await RowsAsync(reading), reading);
    }

    private static async Task<IReadOnlyList<WrittenRow>> RowsAsync(Reading reading)
    {
        var sink = new RecordedSink();
        Assert.Empty(reading.Refused);
        await reading.HandOverAsync(sink, TimeSpan.Zero, CancellationToken.None);
        return sink.Rows;
    }

    private static TableCatalog Load()
    {
        var faults = new List<SchemaFault>();
        var tables = TableCatalog.Load(Path.Combine(Repository.Folder, "schemas"), faults);
        Assert.Empty(faults);
        return tables;
    }
}
