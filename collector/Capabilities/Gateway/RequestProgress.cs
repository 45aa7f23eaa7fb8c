using Collector.Lines.Tables;

namespace Collector.Capabilities.Gateway;

/// <summary>How much of a request is dealt with, and what times its lines have: what its repeat goes on from.</summary>
public sealed class RequestProgress
{
    private readonly Dictionary<string, int> _takenTo = new(NameComparer.Instance);

    public RequestProgress()
    {
    }

    /// <summary>That of an earlier run.</summary>
    public RequestProgress(LeftRequest left)
    {
        (Piece, Position, Line, FirstTime) = (left.Piece, left.Position, left.Line, left.FirstTime);
        (Accepted, Quarantined, Lost) = (left.Accepted, left.Quarantined, left.Lost);
        foreach ((string table, int position) in left.TakenTo)
        {
            _takenTo[table] = Math.Max(TakenTo(table), position);
        }
    }

    /// <summary>Pieces of its text before the one at hand (see <see cref="RequestText"/>): all of them are on disk or set aside.</summary>
    public int Piece { get; private set; }

    /// <summary>Lines before it in the piece are on disk or set aside.</summary>
    public int Position { get; private set; }

    /// <summary>Lines of the request before <see cref="Position"/>.</summary>
    public int Line { get; private set; }

    /// <summary>The time of the first line, in microseconds since 1970 UTC, each further one a microsecond later; null until one was wanted.</summary>
    public long? FirstTime { get; set; }

    /// <summary>Good lines on disk.</summary>
    public int Accepted { get; private set; }

    /// <summary>Bad lines set aside.</summary>
    public int Quarantined { get; private set; }

    /// <summary>Bad lines for which quarantine had no room.</summary>
    public int Lost { get; private set; }

    /// <summary>True when a repeat must not do all of it again.</summary>
    public bool IsUnderWay => Accepted + Quarantined + Lost > 0;

    /// <summary>Where the first row of a table begins that is not on disk.</summary>
    public int TakenTo(string table) => _takenTo.GetValueOrDefault(table);

    /// <summary>A table's rows before <paramref name="position"/> are on disk.</summary>
    public void Took(string table, int position, int rows)
    {
        _takenTo[table] = Math.Max(TakenTo(table), position);
        Accepted += rows;
    }

    /// <summary>All lines before <paramref name="position"/> are dealt with.</summary>
    public void Reached(int position, int line, int quarantined, int lost)
    {
        (Position, Line) = (position, line);
        (Quarantined, Lost) = (Quarantined + quarantined, Lost + lost);
    }

    /// <summary>The piece is dealt with.</summary>
    public void NextPiece(int quarantined, int lost)
    {
        Reached(0, Line, quarantined, lost);
        Piece++;
        _takenTo.Clear();
    }

    /// <summary>For a later run.</summary>
    public LeftRequest Left(string hash, DateTimeOffset since) => new(hash, since, Position, Line, FirstTime, Accepted, Quarantined, Lost, _takenTo, Piece);
}
