using System.Diagnostics.Metrics;
using Collector.Pipe.Spool;

namespace Collector.Tests.Pipe.Spool;

public sealed class SpoolDamageMetricsTests : IDisposable
{
    private readonly SpoolFixture _fixture = new() { Options = new() { MinFreeBytes = new(0), SegmentBytes = new(64 << 10) } };

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Publish_SegmentGoneAndAnotherRotten_CountsBoth()
    {
        SpoolLog log = _fixture.Open().Log("trades");
        while (_fixture.Segments().Length < 4)
        {
            SpoolFixture.Append(log, rows: 10, width: 200);
        }

        SpoolDirectory spool = _fixture.OpenAsAfterKill(out string directory);
        spool.Dispose();
        string[] files = SpoolFixture.Segments(Path.Combine(directory, "trades"));
        File.Delete(files[1]);
        byte[] rotten = File.ReadAllBytes(files[3]);
        rotten[100] ^= 1;
        File.WriteAllBytes(files[3], rotten);

        SpoolDirectory damaged = _fixture.Open(directory);
        SpoolFixture.ReadAll(damaged.Log("trades")); // a byte within a sealed segment is met when it is read
        Dictionary<string, long> shown = Shown(damaged);

        Assert.InRange(shown["collector_spool_missing_records_total"], 10, 40);
        Assert.Equal(1, shown["collector_spool_corrupt_places_total"]);
        Assert.Equal(1, shown["collector_spool_files_set_aside_total"]);
        Assert.Equal(0, shown["collector_spool_torn_bytes_total"]);
        Assert.Equal(0, shown["collector_spool_lost_cursors_total"]);
    }

    private static Dictionary<string, long> Shown(SpoolDirectory spool)
    {
        var shown = new Dictionary<string, long>(StringComparer.Ordinal);
        using var meter = new Meter("damage");
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter, meter))
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => shown[instrument.Name] = value);
        SpoolDamageMetrics.Publish(meter, spool);
        listener.Start();
        listener.RecordObservableInstruments();
        return shown;
    }
}
