using System.Buffers;
using System.Text;
using Collector.Lines;
using Collector.Pipe.Delivery;
using Collector.Pipe.Replay;
using Collector.Pipe.Spool;
using Collector.Settings.Logging;

namespace Collector.App.Commands;

/// <summary>Rows on their way into a file.</summary>
internal sealed class RowExport(Stream output, bool isBinary)
{
    private readonly ArrayBufferWriter<byte> _text = new();

    public long Rows { get; private set; }

    /// <summary>Rows of which text was wanted and that have none.</summary>
    public long Binary { get; private set; }

    /// <summary>The readable rows of a segment file; one that is gone was delivered meanwhile.</summary>
    public void WriteSegment(string path, DeliveredIds delivered, bool pendingOnly, CancellationToken cancellation) =>
        SegmentView.TryScan(path, delivered, 0, (in VisitedRecord record) =>
        {
            cancellation.ThrowIfCancellationRequested();
            if (record.IsIntact && !(pendingOnly && record.IsDelivered))
            {
                Write(record.Payload.Span);
            }
        });

    /// <summary>The rows in quarantine, each behind comments that name its entry and its reason.</summary>
    public void WriteQuarantine(string folder, IReadOnlyList<string> tables, CancellationToken cancellation)
    {
        Comment("Rows in quarantine. Correct them and give this file to `collector spool replay`. The line \"entry\" ties what");
        Comment("stands below it to its entry; a row that is left as it is goes in as it is, an entry without a row stays.");
        foreach (QuarantinedEntry kept in tables.SelectMany(table => QuarantineFile.Read(folder, table)))
        {
            cancellation.ThrowIfCancellationRequested();
            QuarantineEntry entry = kept.Entry;
            Comment("");
            Comment($"{EditedRows.EntryMark}{kept.Id} {kept.Table}  {entry.Time.UtcDateTime:O}  {SpoolInspectCommand.Origin(entry)}");
            Comment($"reason: {entry.Reason}{(entry.ErrorId is null ? "" : $"  errorId: {entry.ErrorId}")}");
            if (entry.Cut is { } cut)
            {
                Comment(cut.Message);
            }
            else
            {
                Write(entry.Bytes);
            }
        }
    }

    private void Comment(string text) => output.Write(Encoding.UTF8.GetBytes($"# {VisibleText.Of(text.ReplaceLineEndings(" "), 4 * VisibleText.MaxBytes)}\n"));

    private void Write(ReadOnlySpan<byte> lines)
    {
        while (lines.Length > 0)
        {
            _text.ResetWrittenCount();
            int length = LineReader.WriteText(lines, _text, out bool isText);
            ReadOnlySpan<byte> row = lines[..length];
            lines = lines[length..];
            Rows++;
            Binary += isText || isBinary ? 0 : 1;
            output.Write(isBinary ? row : _text.WrittenSpan);
            if (isBinary && row[^1] != (byte)'\n')
            {
                output.WriteByte((byte)'\n');
            }
        }
    }
}
