using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Pipe.Replay;
using Collector.Pipe.Spool;

namespace Collector.App.Commands;

/// <summary>Makes requests of what is to be replayed; they are small enough to be taken one by one between appends.</summary>
internal sealed class ReplayPlan(SpoolCall call)
{
    /// <summary>Rows, and bytes of them, that one request holds at the most.</summary>
    private const int MaxItems = 10_000;

    private const long MaxBytes = 4 << 20;

    /// <returns>Null when something stands in the way, which has been told; nothing is replayed then.</returns>
    public IReadOnlyList<(string Table, ReplayRequest Request)>? Requests(ReplaySelection selection, CancellationToken cancellation)
    {
        if (selection.SetAside)
        {
            return SetAside(selection);
        }

        return selection.File is { } file ? Edited(file) : Quarantined(selection, cancellation);
    }

    private List<(string Table, ReplayRequest Request)>? Edited(string file)
    {
        var faults = new List<string>();
        IReadOnlyList<EditedRow> rows = EditedRows.Read(File.ReadAllBytes(file), call.Config.Tables, call.Clock.GetUtcNow(), faults);
        foreach (string fault in faults)
        {
            call.Error.WriteLine($"{file}: {fault}");
        }

        if (faults.Count > 0)
        {
            call.Error.WriteLine($"{faults.Count} rows do not fit; nothing was replayed.");
            return null;
        }

        return Cut(rows.Select(row => (row.Table, row.Item, (long)row.Item.Rows!.Length)));
    }

    private List<(string Table, ReplayRequest Request)> Quarantined(ReplaySelection selection, CancellationToken cancellation)
    {
        var items = new List<(Table Table, ReplayItem Item, long Bytes)>();
        foreach (QuarantinedEntry kept in QuarantineFile.Tables(call.QuarantineFolder).SelectMany(table => QuarantineFile.Read(call.QuarantineFolder, table)).Where(selection.Takes))
        {
            cancellation.ThrowIfCancellationRequested();
            if (call.Config.Tables.TryGet(EditedRows.TableOf(kept.Entry.Bytes), out Table? table))
            {
                items.Add((table, new ReplayItem(kept.Id, kept.Table, Rows: null), kept.Entry.Bytes.Length));
            }
            else
            {
                call.Error.WriteLine($"entry {kept.Id} stays: its row names no table of the schema folder.");
            }
        }

        return Cut(items.DistinctBy(item => (item.Item.Quarantine, item.Item.Entry)));
    }

    private List<(string Table, ReplayRequest Request)>? SetAside(ReplaySelection selection)
    {
        if (call.Tables(call.Look(), selection.Table) is not { } views)
        {
            return null;
        }

        var requests = new List<(string Table, ReplayRequest Request)>();
        foreach (TableView view in views)
        {
            if (view.SetAside.Count > 0 && !selection.MayDouble && !(call.Config.Tables.TryGet(view.Table, out Table? table) && table.Keys.Length > 0))
            {
                call.Error.WriteLine($"{view.Table} has no dedup keys, so rows that arrived before would be there twice; --may-double replays them all the same. Nothing was replayed.");
                return null;
            }

            requests.AddRange(view.SetAside.Select(path => (view.Table, new ReplayRequest([], Path.GetFileName(path)))));
        }

        return requests;
    }

    private static List<(string Table, ReplayRequest Request)> Cut(IEnumerable<(Table Table, ReplayItem Item, long Bytes)> items)
    {
        var requests = new List<(string Table, ReplayRequest Request)>();
        foreach (IGrouping<string, (Table Table, ReplayItem Item, long Bytes)> table in items.GroupBy(item => item.Table.Name, StringComparer.Ordinal))
        {
            var part = new List<ReplayItem>();
            long bytes = 0;
            foreach ((_, ReplayItem item, long size) in table)
            {
                if (part.Count == MaxItems || (part.Count > 0 && bytes + size > MaxBytes))
                {
                    requests.Add((table.Key, new ReplayRequest(part)));
                    (part, bytes) = ([], 0);
                }

                part.Add(item);
                bytes += size;
            }

            requests.Add((table.Key, new ReplayRequest(part)));
        }

        return requests;
    }
}
