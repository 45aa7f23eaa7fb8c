namespace Collector.Pipe.Delivery;

/// <summary>
/// The internal errors (HTTP 500) of one batch. A server in trouble answers so, and some answer so to a row that they cannot
/// store. A row is suspected only when one request fails again and again while other tables are being taken: then the batch
/// is cut like one that was rejected. Its parts are cut on at their first error, since that loses nothing; a single row is
/// found bad only by as many errors as the whole batch was.
/// </summary>
/// <param name="suspectAfter">Errors of one request that are put down to the server, and one more.</param>
internal sealed class ServerErrors(StoreTraffic traffic, string table, int suspectAfter)
{
    private bool _isSuspected;
    private int _rows;
    private int _errors;
    private long _takenBeside;

    /// <summary>Forgets the batch before.</summary>
    public void BeginBatch() => _isSuspected = false;

    /// <summary>A batch, or a part of one, is about to be sent until it has its answer.</summary>
    public void BeginRequest(int rows) => (_rows, _errors) = (rows, 0);

    /// <returns>The answer, or a rejection in its place.</returns>
    public Outcome Judge(Outcome answer)
    {
        if (answer is not Outcome.Retry { MayBeData: true } error)
        {
            return answer;
        }

        long takenBeside = traffic.RequestsBeside(table);
        if (_errors++ == 0)
        {
            _takenBeside = takenBeside;
        }

        bool isSuspect = (_isSuspected && _rows > 1) || (_errors >= suspectAfter && takenBeside > _takenBeside);
        if (!isSuspect)
        {
            return answer;
        }

        _isSuspected = true;
        return new Outcome.Rejected($"{error.Reason} ({_errors} times, while other tables were taken)");
    }
}
