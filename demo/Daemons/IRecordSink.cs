namespace Demo.Daemons;

/// <summary>Where a daemon's records go.</summary>
internal interface IRecordSink
{
    /// <param name="at">UTC.</param>
    void Add(in Series series, DateTime at, (double First, double Second) values);
}
