using System.Diagnostics.Metrics;
using System.Text;
using System.Text.RegularExpressions;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe;
using Collector.Web.Exposition;
using Collector.Web.Exposition.Instruments;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Testing;

/// <summary>The whole room, wired as a host wires it, on a clock of its own and a meter that no other test hears.</summary>
internal sealed partial class ExpositionRoom : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public ExpositionRoom(ExpositionOptions? options = null, params Table[] tables)
    {
        options ??= new ExpositionOptions();
        Meter = new Meter(new MeterOptions("Collector") { Scope = this });
        Latest = new LatestValues(tables, options, Clock);
        Accepted = new AcceptedRows(Latest);
        Snapshot = new InstrumentSnapshot("Collector", options, Clock, Log, scope: this);
        Page = new ScrapeRenderer([Snapshot, Latest], options, new RecordedLog<ScrapeRenderer>(Log));
    }

    public FakeTimeProvider Clock { get; } = new(Start);

    public RecordedLog Log { get; } = new();

    public Meter Meter { get; }

    public LatestValues Latest { get; }

    /// <summary>What shows the latest values the rows that were accepted.</summary>
    public AcceptedRows Accepted { get; }

    public InstrumentSnapshot Snapshot { get; }

    public ScrapeRenderer Page { get; }

    public static Table Table(string columns, string keys = "timestamp, k", string name = "t")
    {
        var faults = new List<SchemaFault>();
        Table? table = SchemaReader.Read(
            $"{name}.sql", $"CREATE TABLE {name} (timestamp TIMESTAMP,\n{columns}\n) TIMESTAMP(timestamp) PARTITION BY DAY WAL DEDUP UPSERT KEYS({keys});", faults);
        Assert.Empty(faults);
        return table!;
    }

    /// <summary>Observes line protocol text; <c>@</c> stands for now, <c>@-5</c> for five seconds ago.</summary>
    public void Observe(Table table, string lines, TimeSpan? interval = null)
    {
        string text = AtTime().Replace(lines, match => $"{Micros(match.Groups["seconds"].Value)}t");
        Accepted.Observe(new LineRows(table, Encoding.UTF8.GetBytes(text), 1, interval ?? TimeSpan.Zero));
    }

    private long Micros(string seconds) => TimeWindow.Micros(Clock.GetUtcNow()) + (seconds.Length > 0 ? long.Parse(seconds) * 1_000_000 : 0);

    [GeneratedRegex("@(?<seconds>[+-][0-9]+)?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AtTime();

    public string Render(TextFormat format = TextFormat.Prometheus)
    {
        using ScrapeBuffer page = Page.Render(format);
        Assert.False(page.Overflowed);
        return Encoding.UTF8.GetString(page.Written.Span);
    }

    public void Dispose()
    {
        Snapshot.Dispose();
        Meter.Dispose();
    }
}
