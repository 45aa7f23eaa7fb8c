using Collector.Lines;

namespace Collector.Capabilities.Gateway;

/// <summary>A request's lines in QuestDB's dialect, piece by piece. This one is for requests that speak it: one piece, as it came.</summary>
internal class RequestText
{
    /// <summary>The piece: whole lines. Valid until the next one.</summary>
    public ReadOnlyMemory<byte> Lines { get; protected set; }

    /// <summary>Lines before the piece's end and behind the last one's that are none. They point into the request's body.</summary>
    public virtual IReadOnlyList<RefusedRow> Refused => [];

    /// <summary>True when the piece's lines were found to be no longer than a line may be; they are longer now for being translated.</summary>
    public virtual bool IsBounded => false;

    /// <summary>True when there is no next piece because requests under way hold all that they may.</summary>
    public virtual bool IsOutOfRoom => false;

    protected ReadOnlyMemory<byte> Body { get; private set; }

    protected int Position { get; set; }

    /// <summary>Begins with a request, or once more with the same.</summary>
    public virtual void Begin(ReadOnlyMemory<byte> body) => (Body, Position, Lines) = (body, 0, default);

    /// <summary>Goes on to the next piece.</summary>
    /// <returns>False when there is none.</returns>
    public virtual bool Next()
    {
        (Lines, Position) = (Body[Position..], Body.Length);
        return !Lines.IsEmpty;
    }

    /// <summary>A line of this piece that was refused, as the client sent it.</summary>
    public virtual RefusedRow AsSent(RefusedRow row) => row;

    /// <summary>Lets go of the request.</summary>
    public virtual void End() => (Body, Lines) = (default, default);
}
