using System.Runtime.InteropServices;
using Collector.Lines;

namespace Collector.Capabilities.Gateway.Influx;

internal enum InfluxVerdict
{
    /// <summary>A comment, or blanks.</summary>
    Nothing,

    /// <summary>QuestDB reads the same row from the same bytes.</summary>
    Same,

    /// <summary>QuestDB reads the same row from what <see cref="InfluxLine.Write"/> writes.</summary>
    Other,

    /// <summary>No row; <see cref="InfluxLine.Fault"/> says why.</summary>
    Bad,
}

/// <summary>
/// Reads one line of InfluxDB's dialect, as InfluxDB 1 and 2 do (models/points.go), and writes it in QuestDB's.
/// <code>
/// line         blank* [ comment | point ] blank* end
/// comment      '#' and all up to the next LF
/// point        measurement (',' name '=' tag)* ' ' blank* field (',' field)* [' ' blank* time]
/// field        name '=' value
/// value        t T true True TRUE f F false False FALSE | -12i | 12u | -1.5e+3 | "string"
/// time         digits
/// blank        ' ' | TAB | NUL
/// end          LF | CR LF | the end of the data, behind a CR or not
/// </code>
/// A string runs to the next quote without a backslash, over as many lines as that takes. Elsewhere an LF ends the line,
/// whatever stands before it. Fields of one name: the last one counts. Where a line is bad, the next one begins behind the
/// first LF that is part of no string. Allocates nothing for a good line whose names are known. Not thread-safe.
/// </summary>
internal sealed partial class InfluxLine
{
    /// <summary>Tags and fields of a line. More than a table can have columns (<c>gateway.max_columns</c> is at most 2000).</summary>
    public const int MaxParts = 2048;

    private readonly InfluxNames _tables = new(ofTables: true);
    private readonly InfluxNames _columns = new(ofTables: false);
    private readonly Part[] _parts = new Part[MaxParts];
    private InfluxName? _table;
    private bool _hasTable;
    private int _count;
    private long _line;
    private int _at;
    private int _timeStart;
    private int _timeEnd;
    private bool _isSame;

    /// <summary>Where the line begins.</summary>
    public int Start { get; private set; }

    /// <summary>Behind the line and what ends it.</summary>
    public int End { get; private set; }

    /// <summary>What is wrong with the line. It tells the byte within the line, and no line number.</summary>
    public LineFault? Fault { get; private set; }

    /// <summary>The table that the line names, as QuestDB has it; null where it got not as far.</summary>
    public string? Table => _hasTable ? _table!.Name : null;

    /// <summary>The most bytes that <see cref="Write"/> writes.</summary>
    public int Room => (2 * (End - Start)) + (2 * _count) + 2;

    /// <summary>Reads the line that begins at <paramref name="at"/>.</summary>
    public InfluxVerdict Read(ReadOnlySpan<byte> data, int at)
    {
        Begin(at);
        _at = InfluxText.Blanks(data, at);
        if (InfluxText.IsLineEnd(data, _at))
        {
            End = _at + InfluxText.LineEnd(data, _at);
            return InfluxVerdict.Nothing;
        }

        if (data[_at] == (byte)'#')
        {
            End = NextLine(data, _at);
            return InfluxVerdict.Nothing;
        }

        _isSame = _at == at;
        if (Measurement(data) && Tags(data) && Fields(data) && Time(data))
        {
            End = _at + InfluxText.LineEnd(data, _at);
            return _isSame ? InfluxVerdict.Same : InfluxVerdict.Other;
        }

        End = Resync(data, InfluxText.Blanks(data, at), _at);
        return InfluxVerdict.Bad;
    }

    /// <summary>Writes the line just read, which was good, in QuestDB's dialect.</summary>
    /// <param name="to">Has <see cref="Room"/> bytes.</param>
    /// <returns>The bytes written.</returns>
    public int Write(ReadOnlySpan<byte> data, Span<byte> to)
    {
        int at = Put(_table!.Written, to, 0);
        byte before = (byte)' ';
        foreach (ref readonly Part part in _parts.AsSpan(0, _count))
        {
            ReadOnlySpan<byte> value = data[part.Start..part.End];
            if (part.Kind == PartKind.Dropped)
            {
                continue;
            }

            to[at++] = part.Kind == PartKind.Tag ? (byte)',' : before;
            before = part.Kind == PartKind.Tag ? before : (byte)',';
            at = Put(part.Name.Written, to, at);
            to[at++] = (byte)'=';
            switch (part.Kind)
            {
                case PartKind.Tag:
                    at += InfluxText.WriteTag(value, to[at..]);
                    break;
                case PartKind.String:
                    to[at++] = (byte)'"';
                    at += InfluxText.WriteString(value, to[at..]);
                    to[at++] = (byte)'"';
                    break;
                case PartKind.Unsigned:
                    at = Put(value[..^1], to, at);
                    to[at++] = (byte)'i';
                    break;
                default:
                    at = Put(value, to, at);
                    break;
            }
        }

        if (_timeEnd > _timeStart)
        {
            to[at++] = (byte)' ';
            at = Put(data[_timeStart.._timeEnd], to, at);
        }

        to[at++] = (byte)'\n';
        return at;
    }

    private void Begin(int at)
    {
        if (_tables.IsFull || _columns.IsFull)
        {
            _tables.Clear();
            _columns.Clear();
            _table = null;
            Array.Clear(_parts);
        }

        _line++;
        (Start, Fault, _count, _timeStart, _timeEnd, _hasTable) = (at, null, 0, 0, 0, false);
    }

    private static int Put(ReadOnlySpan<byte> bytes, Span<byte> to, int at)
    {
        bytes.CopyTo(to[at..]);
        return at + bytes.Length;
    }

    private bool Fail(LineFaultKind kind, int at, string message, string field = "")
    {
        Fault = new LineFault(kind, field, message, 0, at - Start + 1);
        return false;
    }

    private enum PartKind : byte
    {
        /// <summary>A field that the same line gives again.</summary>
        Dropped,
        Tag,
        String,
        Unsigned,

        /// <summary>A value that QuestDB has just so.</summary>
        Bare,
    }

    /// <summary>A tag or a field of the line; its name outlives the line, as a guess at that of the next one.</summary>
    /// <param name="Start">Where the value begins, behind a string's quote.</param>
    [StructLayout(LayoutKind.Auto)]
    private record struct Part(InfluxName Name, PartKind Kind, int Start, int End);
}
