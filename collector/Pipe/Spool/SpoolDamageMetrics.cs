using System.Diagnostics.Metrics;

namespace Collector.Pipe.Spool;

/// <summary>
/// What <c>/metrics</c> says of a spool that the disk, or somebody's hand, has damaged. Rows whose number is still known count as
/// dropped in the books, too; of a file that is gone, or of heads lost with their footer, only the records can be counted.
/// </summary>
public static class SpoolDamageMetrics
{
    public static void Publish(Meter meter, SpoolDirectory spool)
    {
        Counter("collector_spool_torn_bytes_total", "By", "Bytes of unfinished appends that were cut off since the start.", damage => damage.TornBytes);
        Counter("collector_spool_corrupt_places_total", null, "Places of segment files where records could not be read.", damage => damage.CorruptPlaces);
        Counter("collector_spool_files_set_aside_total", null, "Segment files kept as .corrupt.", damage => damage.FilesSetAside);
        Counter("collector_spool_missing_records_total", null, "Undelivered records that are gone with their segment file, or with the part of it that told how many rows they had.", damage => (long)damage.MissingRecords);
        Counter("collector_spool_lost_cursors_total", null, "Cursors that had to be begun anew: rows were offered again.", damage => damage.LostCursors);

        void Counter(string name, string? unit, string help, Func<SpoolDamage, long> value) => meter.CreateObservableCounter(
            name,
            () => spool.Logs.Select(log => new Measurement<long>(value(log.Damage), new KeyValuePair<string, object?>("table", log.Table))),
            unit,
            help);
    }
}
