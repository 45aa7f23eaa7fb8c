using System.Buffers;
using System.Runtime.InteropServices;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Capabilities.Gateway.Influx;

/// <summary>
/// A request in InfluxDB's dialect. Lines that QuestDB reads alike are handed on where they lie; from the first other one on
/// they are written anew into a rented buffer, up to <see cref="PieceBytes"/> at a time, which counts to
/// <see cref="GatewayOptions.MaxBufferedBytes"/> as the body does. Lines are numbered as InfluxDB does: by their LFs. Kept
/// and used again, for one request at a time; a good line allocates nothing.
/// </summary>
internal sealed class InfluxRequest(Func<string, Table?> tables, BufferBudget budget, GatewayOptions options) : RequestText
{
    private const string Sender = "gateway";
    private const int PieceBytes = 256 * 1024;
    private const int PieceLines = 8192;
    private const int RefusedAtATime = 4096;
    private const int FirstRoom = 4096;

    private readonly InfluxLine _line = new();
    private readonly List<Origin> _origins = [];
    private readonly List<RefusedRow> _refused = [];
    private byte[] _buffer = [];
    private int _used;
    private int _asked;
    private bool _isOutOfRoom;
    private LineNumbers _ownNumbers;
    private LineNumbers _readersNumbers;

    public override IReadOnlyList<RefusedRow> Refused => _refused;

    public override bool IsBounded => _used > 0;

    public override bool IsOutOfRoom => _isOutOfRoom;

    public override void Begin(ReadOnlyMemory<byte> body)
    {
        base.Begin(body);
        Position = body.Span.StartsWith("\uFEFF"u8) ? 3 : 0;
        (_ownNumbers, _readersNumbers, _isOutOfRoom) = (default, default, false);
    }

    public override bool Next()
    {
        while (Position < Body.Length && !_isOutOfRoom)
        {
            _refused.Clear();
            _origins.Clear();
            (_used, _asked) = (0, 0);
            int start = Position;
            PassOver();
            if (Position > start)
            {
                Lines = Body[start..Position];
                return true;
            }

            Rewrite();
            Lines = _buffer.AsMemory(0, _used);
            if (_used > 0 || _refused.Count > 0)
            {
                return true;
            }
        }

        return false;
    }

    public override RefusedRow AsSent(RefusedRow row)
    {
        if (row.Line.Span.Overlaps(Body.Span, out int at))
        {
            at = -at; // from the row to the body
            return row with { Fault = row.Fault with { Line = _readersNumbers.At(Body.Span, at) } };
        }

        _ = row.Line.Span.Overlaps(_buffer, out at);
        while (_asked + 1 < _origins.Count && _origins[_asked + 1].At <= -at)
        {
            _asked++; // they are asked for in the order in which they stand; a line that the reader split is asked for by its parts
        }

        Origin origin = _origins[_asked];
        return row with
        {
            Fault = row.Fault with { Line = _readersNumbers.At(Body.Span, origin.Start), Position = 1 },
            Line = Body.Slice(origin.Start, origin.Length),
        };
    }

    public override void End()
    {
        base.End();
        _refused.Clear();
        _origins.Clear();
        Return();
    }

    /// <summary>Goes behind the lines that QuestDB reads alike.</summary>
    private void PassOver()
    {
        ReadOnlySpan<byte> body = Body.Span;
        while (Position < body.Length)
        {
            if (body[Position] == (byte)'\n')
            {
                Position++;
            }
            else if (_line.Read(body, Position) == InfluxVerdict.Same)
            {
                Position = _line.End;
            }
            else
            {
                break;
            }
        }
    }

    /// <summary>Writes lines into the buffer, the first of which needs it, until enough are there.</summary>
    private void Rewrite()
    {
        ReadOnlySpan<byte> body = Body.Span;
        while (Position < body.Length && _used < PieceBytes && _origins.Count < PieceLines && _refused.Count < RefusedAtATime)
        {
            InfluxVerdict verdict = _line.Read(body, Position);
            int length = _line.End - _line.Start;
            if (verdict == InfluxVerdict.Same && length > PieceBytes)
            {
                return; // a large line is not copied for the sake of a small one
            }

            if (verdict != InfluxVerdict.Nothing && !Take(verdict, length))
            {
                return;
            }

            Position = _line.End;
        }
    }

    /// <summary>Writes the line anew, or refuses it.</summary>
    /// <returns>False where the piece has to end before it.</returns>
    private bool Take(InfluxVerdict verdict, int length)
    {
        if (length > options.MaxLineBytes.Bytes)
        {
            Refuse(LineFault.TooLong(length, options.MaxLineBytes.Bytes, line: 0));
        }
        else if (verdict == InfluxVerdict.Bad)
        {
            Refuse(_line.Fault!);
        }
        else if (!MakeRoom(_line.Room))
        {
            return false;
        }
        else
        {
            _origins.Add(new Origin(_used, _line.Start, length));
            _used += _line.Write(Body.Span, _buffer.AsSpan(_used));
        }

        return true;
    }

    private void Refuse(LineFault fault) => _refused.Add(new RefusedRow(
        _line.Table is { } name ? tables(name) : null, Sender, fault with { Line = _ownNumbers.At(Body.Span, _line.Start) }, Body[_line.Start.._line.End]));

    /// <returns>False when the piece has to end here: what is in the buffer goes first, or there is no room at all.</returns>
    private bool MakeRoom(int bytes)
    {
        if (_buffer.Length - _used >= bytes)
        {
            return true;
        }

        if (_used > 0)
        {
            return false;
        }

        Return();
        long rest = (2L * (Body.Length - Position)) + FirstRoom;
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(bytes, Math.Min(rest, PieceBytes)));
        if (!budget.TryTake(larger.Length))
        {
            ArrayPool<byte>.Shared.Return(larger);
            _isOutOfRoom = true;
            return false;
        }

        _buffer = larger;
        return true;
    }

    private void Return()
    {
        if (_buffer.Length > 0)
        {
            budget.Give(_buffer.Length);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    /// <summary>Where a line of the buffer came from.</summary>
    /// <param name="At">Where it begins in the buffer.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Origin(int At, int Start, int Length);

    /// <summary>Numbers of lines, asked for in the order in which they stand, so that the body is gone through once.</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct LineNumbers
    {
        private int _at;
        private int _before;

        /// <summary>The number of the line, from 1, in which the byte stands.</summary>
        public int At(ReadOnlySpan<byte> body, int at)
        {
            _before += body[_at..at].Count((byte)'\n');
            _at = at;
            return _before + 1;
        }
    }
}
