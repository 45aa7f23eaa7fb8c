namespace Collector.Pipe.Delivery;

/// <summary>What became of a request to a store. Expected failures are outcomes, never exceptions.</summary>
public abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>What is wrong, in one sentence; null when nothing is.</summary>
    public virtual string? Problem => null;

    /// <summary>The store has it all.</summary>
    public sealed record Accepted : Outcome
    {
        public static readonly Accepted Instance = new();
    }

    /// <summary>The store has nothing of it now and may take it later.</summary>
    /// <param name="After">How long the store asks to be left alone; null where it does not say.</param>
    /// <param name="MayBeData">The store failed over this very batch: it is in trouble, or a row is bad and it cannot say so.</param>
    public sealed record Retry(string Reason, TimeSpan? After = null, bool MayBeData = false) : Outcome
    {
        public override string? Problem => Reason;
    }

    /// <summary>No answer came: perhaps applied, perhaps not. The same bytes are sent again.</summary>
    public sealed record Unknown(string Reason) : Outcome
    {
        public override string? Problem => Reason;
    }

    /// <summary>The store took nothing because of bad rows, or because of the batch's size.</summary>
    /// <param name="Line">The first bad line, from 1; null where the store does not say which.</param>
    /// <param name="ErrorId">The store's own name for the fault, to look up in its log.</param>
    /// <param name="BlamesRow">False where it is no verdict on rows: smaller parts may be taken, and a single row that is not halts its table.</param>
    public sealed record Rejected(string Reason, int? Line = null, string? ErrorId = null, bool BlamesRow = true) : Outcome
    {
        public override string? Problem => Reason;
    }

    /// <summary>A fault of the whole table or store that sending again does not cure. The rows stay where they are.</summary>
    public sealed record Halted(string Reason) : Outcome
    {
        public override string? Problem => Reason;
    }
}
