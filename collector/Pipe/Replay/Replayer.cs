using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Pipe.Spool;
using Collector.Settings.Files;
using Collector.Settings.Logging;
using Microsoft.Extensions.Logging;

namespace Collector.Pipe.Replay;

/// <summary>What became of one replay.</summary>
/// <param name="Replayed">Rows that are in the log now.</param>
/// <param name="Refused">Entries that still do not fit, and are in quarantine with the new reason.</param>
/// <param name="Waits">Why nothing was done yet; null when it was.</param>
public sealed record ReplayOutcome(Table? Table, string Name, long Replayed, int Refused, string? Waits);

/// <summary>
/// Takes replays that were handed over (<see cref="ReplayFolder"/>), each once, whatever ends the process in between. For the
/// owner of the spool; one call at a time.
/// </summary>
public sealed partial class Replayer(SpoolDirectory spool, Quarantine quarantine, TableCatalog tables, TimeProvider clock, ILogger<Replayer> logger)
{
    private readonly SpoolDisk _disk = SpoolDisk.Real;
    private readonly RepeatedLog _repeated = new(clock);

    /// <summary>Looks for replays from time to time, until it is told to stop.</summary>
    /// <param name="taken">Is told of each table whose log has grown.</param>
    public async Task RunAsync(TimeSpan interval, Action<Table> taken, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                foreach (ReplayOutcome outcome in TakeAll().Where(outcome => outcome is { Replayed: > 0, Table: not null }))
                {
                    taken(outcome.Table!);
                }
            }
#pragma warning disable CA1031 // A fault in a replay must not end the looking for the next one; what it was about waits on disk.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogFault(exception);
            }

            await Task.Delay(interval, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Takes all that waits.</summary>
    public IReadOnlyList<ReplayOutcome> TakeAll()
    {
        var outcomes = new List<ReplayOutcome>();
        foreach ((string name, string folder) in ReplayFolder.Tables(spool.Root))
        {
            foreach (string replay in ReplayFolder.Waiting(folder))
            {
                ReplayOutcome outcome = Take(name, folder, replay);
                outcomes.Add(outcome);
                if (outcome.Waits is null)
                {
                    LogReplayed(outcome.Replayed, name, outcome.Refused);
                }
                else if (_repeated.IsDue())
                {
                    LogWaits(name, outcome.Waits);
                }
            }
        }

        return outcomes;
    }

    private ReplayOutcome Take(string name, string folder, string replay)
    {
        if (!tables.TryGet(name, out Table? table) || table.Name != name)
        {
            return new ReplayOutcome(null, replay, 0, 0, $"there is no schema file for {name}");
        }

        try
        {
            return Take(table, folder, Path.Combine(folder, replay));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new ReplayOutcome(table, replay, 0, 0, exception.Message);
        }
    }

    private ReplayOutcome Take(Table table, string folder, string path)
    {
        string rows = path + ReplayFolder.RowsExtension;
        string asked = path + ReplayFolder.RequestExtension;
        int refused = 0;
        if (File.Exists(asked))
        {
            if (ReplayRequest.Parse(File.ReadAllBytes(asked)) is not { } request)
            {
                File.Move(asked, asked + SegmentFormat.CorruptExtension, overwrite: true);
                return new ReplayOutcome(table, path, 0, 0, $"the request cannot be read and is kept as {asked}{SegmentFormat.CorruptExtension}; ask again");
            }

            if (!File.Exists(rows))
            {
                Dictionary<string, ILookup<string, QuarantinedEntry>> kept = Kept(request);
                if (request.Items.Any(item => Find(kept, item).Any(IsUnderWay)))
                {
                    return new ReplayOutcome(table, path, 0, 0, "the batch that one of its rows came in is still under way");
                }

                refused = Prepare(table, folder, rows, request, kept);
            }

            Release(table, request);
            File.Delete(asked);
            _disk.SyncDirectory(folder);
        }

        return Adopt(table, path, rows, refused);
    }

    private ReplayOutcome Adopt(Table table, string path, string rows, int refused)
    {
        if (!File.Exists(rows))
        {
            return new ReplayOutcome(table, path, 0, refused, null);
        }

        AppendResult result = spool.Log(table.Name).Adopt(rows, out long replayed);
        return new ReplayOutcome(table, path, replayed, refused, result.Status switch
        {
            AppendStatus.Appended => null,
            AppendStatus.Full => "the spool is full",
            _ => $"the spool cannot be written: {result.Error}",
        });
    }

    /// <summary>
    /// Writes the good rows to a segment. Entries that do not fit get their new reason at once, and with it a new name: the
    /// request means them no more.
    /// </summary>
    private int Prepare(
        Table table, string folder, string path, ReplayRequest request, Dictionary<string, ILookup<string, QuarantinedEntry>> kept)
    {
        foreach (string unfinished in Directory.GetFiles(folder, "*" + SegmentFormat.Extension))
        {
            File.Delete(unfinished);
        }

        using var rows = new ReplayRows(table, folder, clock);
        string name = Path.GetFileNameWithoutExtension(path);
        var refused = new Dictionary<(string Quarantine, string Entry), QuarantineEntry>();
        foreach (ReplayItem item in request.Items)
        {
            Add(table, rows, item, Find(kept, item), refused, name);
        }

        if (request.SetAside is { } aside)
        {
            AddSetAside(table, rows, SetAsidePath(table, aside), name);
        }

        foreach (IGrouping<string, string> again in refused.Keys.GroupBy(key => key.Quarantine, key => key.Entry, StringComparer.Ordinal))
        {
            quarantine.Change(again.Key, entry => refused.GetValueOrDefault((again.Key, entry.Id), entry.Entry));
        }

        rows.Finish(path);
        return refused.Count;
    }

    private void Add(
        Table table, ReplayRows rows, ReplayItem item, IEnumerable<QuarantinedEntry> found,
        Dictionary<(string Quarantine, string Entry), QuarantineEntry> refused, string replay)
    {
        if (item.Entry is null)
        {
            if (rows.Add(item.Rows) is { } bad)
            {
                quarantine.KeepRefused([new RefusedRow(table, "replay", bad, item.Rows)], clock.GetUtcNow(), replay);
            }

            return;
        }

        // Equal entries are as many rows, and so is one of several equal lines; a correction stands for all of them.
        byte[]? corrected = item.Rows is { Length: > 0 } ? item.Rows : null;
        foreach (QuarantinedEntry entry in corrected is null ? found : found.Take(1))
        {
            byte[] lines = corrected ?? entry.Entry.Bytes;
            LineFault? fault = corrected is null ? entry.Entry.Cut : null;
            for (int left = corrected is null ? entry.Entry.Rows : 1; left > 0 && fault is null; left--)
            {
                fault = rows.Add(lines);
            }

            if (fault is not null)
            {
                refused[(entry.Table, entry.Id)] = entry.Entry.Again(fault, lines, clock.GetUtcNow(), replay);
            }
        }
    }

    private void AddSetAside(Table table, ReplayRows rows, string path, string replay)
    {
        if (!File.Exists(path))
        {
            return;
        }

        SegmentScan.Run(path, _disk, new DeliveredIds(1), 0, (in VisitedRecord record) =>
        {
            if (record.IsIntact && rows.Add(record.Payload) is { } fault)
            {
                quarantine.KeepRefused([new RefusedRow(table, "set-aside", fault, record.Payload.ToArray())], clock.GetUtcNow(), replay);
            }
        });
    }

    /// <summary>What the request took leaves the place it was kept in. Done again it finds nothing.</summary>
    private void Release(Table table, ReplayRequest request)
    {
        foreach (IGrouping<string?, string?> kept in request.Items.Where(item => item.Entry is not null).GroupBy(item => item.Quarantine, item => item.Entry, StringComparer.Ordinal))
        {
            var taken = kept.ToHashSet(StringComparer.Ordinal);
            quarantine.Change(kept.Key!, entry => taken.Contains(entry.Id) ? null : entry.Entry);
        }

        if (request.SetAside is { } aside && SetAsidePath(table, aside) is var path && File.Exists(path))
        {
            File.Move(path, path + ".replayed", overwrite: true);
        }
    }

    private Dictionary<string, ILookup<string, QuarantinedEntry>> Kept(ReplayRequest request) => request.Items
        .Where(item => item is { Quarantine: not null, Entry: not null })
        .GroupBy(item => item.Quarantine!, item => item.Entry!, StringComparer.Ordinal)
        .ToDictionary(table => table.Key, table => quarantine.Entries(table.Key, table.ToHashSet(StringComparer.Ordinal)), StringComparer.Ordinal);

    /// <summary>None: the entry was replayed before, or removed.</summary>
    private static IEnumerable<QuarantinedEntry> Find(Dictionary<string, ILookup<string, QuarantinedEntry>> kept, ReplayItem item) =>
        item is { Entry: { } entry, Quarantine: { } name } ? kept[name][entry] : [];

    /// <summary>A crash between the row's way to quarantine and its batch's end has the batch sent again, and the row set aside again.</summary>
    private bool IsUnderWay(QuarantinedEntry kept) =>
        kept.Entry.Record is { } record && spool.Logs.Any(log => log.Table == kept.Table && log.Owes(record));

    private string SetAsidePath(Table table, string file) => Path.Combine(spool.Root, TableFileName.Of(table.Name), Path.GetFileName(file));

    [LoggerMessage(3601, LogLevel.Information, "Replayed {Rows} rows of {Table}; {Refused} entries still do not fit and are in quarantine with the new reason")]
    private partial void LogReplayed(long rows, string table, int refused);

    [LoggerMessage(3603, LogLevel.Error, "A replay broke and is tried again; please report it")]
    private partial void LogFault(Exception exception);

    [LoggerMessage(3602, LogLevel.Warning, "A replay of {Table} waits, and is tried again: {Reason}")]
    private partial void LogWaits(string table, string reason);
}
