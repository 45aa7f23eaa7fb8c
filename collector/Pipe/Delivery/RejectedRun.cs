namespace Collector.Pipe.Delivery;

/// <summary>
/// Bad rows of one table since the store last took any of it. Whatever refuses all that comes, row after row, would empty a
/// slow table into quarantine without any one batch's being conspicuous. Shared by both sides of a lane.
/// </summary>
public sealed class RejectedRun
{
    private int _rows;

    public int Rows => Volatile.Read(ref _rows);

    public void Add(int rows) => Interlocked.Add(ref _rows, rows);

    /// <summary>The store took rows.</summary>
    public void End() => Volatile.Write(ref _rows, 0);
}
