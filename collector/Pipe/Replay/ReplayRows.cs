using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Spool;
using Collector.Settings.Files;

namespace Collector.Pipe.Replay;

/// <summary>Checks the rows of one replay and puts the good ones into a segment of their own.</summary>
internal sealed class ReplayRows(Table table, string folder, TimeProvider clock) : IDisposable
{
    private readonly LineReader _reader = new(table);
    private readonly TimeWindow _window = TimeWindow.At(clock.GetUtcNow(), table);
    private readonly SpoolDisk _disk = new();
    private SegmentWriter? _writer;
    private ulong _nextId = 1;

    public long Rows { get; private set; }

    /// <summary>Adds rows, all of them or none.</summary>
    /// <returns>What is wrong with the first bad one; null when they were added.</returns>
    public LineFault? Add(ReadOnlyMemory<byte> lines)
    {
        byte[] whole = lines.Length > 0 && lines.Span[^1] == (byte)'\n' ? lines.ToArray() : [.. lines.Span, (byte)'\n'];
        int rows = 0;
        _reader.Start(whole, _window);
        for (LineStatus status = _reader.Read(); status != LineStatus.End; status = _reader.Read())
        {
            if (status == LineStatus.Fault)
            {
                return _reader.Fault;
            }

            rows++;
        }

        if (rows == 0)
        {
            return new LineFault(LineFaultKind.Syntax, "", "there is no row");
        }

        long now = TimeWindow.Micros(clock.GetUtcNow());
        _writer ??= SegmentWriter.Create(folder, _nextId, now, _disk, isReplayed: true);
        _writer.Append(new RecordHead(whole.Length, _nextId++, now, rows, Crc32C.Of(whole)), whole);
        Rows += rows;
        return null;
    }

    /// <summary>Gives the finished segment its name. With no row there is none.</summary>
    public void Finish(string path)
    {
        if (_writer is not { } writer)
        {
            return;
        }

        writer.Seal();
        writer.Sync();
        WholeFile.Place(writer.Segment.Path, path);
    }

    public void Dispose() => _writer?.Dispose();
}
