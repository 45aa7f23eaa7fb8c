namespace Demo.Strategies;

/// <summary>A position in one symbol, at the mean price it was entered at, and what closing parts of it has earned.</summary>
internal sealed class Account
{
    private double _entry;

    /// <summary>Negative when short.</summary>
    public double Position { get; private set; }

    /// <summary>What was earned by closing.</summary>
    public double Realised { get; private set; }

    public double Unrealised(double price) => Position * (price - _entry);

    /// <summary>Buys, or sells a negative quantity.</summary>
    public void Fill(double quantity, double price)
    {
        double closed = Math.Sign(Position) == -Math.Sign(quantity) ? Math.Min(Math.Abs(Position), Math.Abs(quantity)) : 0;
        Realised += closed * Math.Sign(Position) * (price - _entry);
        double opened = Math.Abs(quantity) - closed;
        double after = Position + quantity;
        if (opened > 0)
        {
            // What is left of the old position, if it was not turned around, and what is new.
            double kept = closed > 0 ? 0 : Math.Abs(Position);
            _entry = (kept * _entry + opened * price) / (kept + opened);
        }

        Position = after;
    }
}
