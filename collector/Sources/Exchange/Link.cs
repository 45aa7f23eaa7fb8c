namespace Collector.Sources.Exchange;

/// <summary>Whether a connection stands, since when, and what ended the last one.</summary>
internal sealed class Link(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private bool _stands;
    private long _opened;
    private long _since = clock.GetTimestamp();
    private DateTimeOffset? _lostAt;
    private string? _error;
    private bool _isLossTold = true;

    private bool IsLost => !_stands && _lostAt is not null;

    /// <summary>The connection stands now.</summary>
    public void Open()
    {
        lock (_gate)
        {
            (_stands, _opened, _since) = (true, _opened + 1, clock.GetTimestamp());
        }
    }

    /// <summary>The connection is lost, or an attempt failed, for this reason.</summary>
    /// <returns>How long the connection stood.</returns>
    public TimeSpan Lose(string error)
    {
        lock (_gate)
        {
            TimeSpan stood = _stands ? clock.GetElapsedTime(_since) : TimeSpan.Zero;
            if (_stands || _lostAt is null)
            {
                (_since, _lostAt, _isLossTold) = (clock.GetTimestamp(), clock.GetUtcNow(), false);
            }

            (_stands, _error) = (false, error);
            return stood;
        }
    }

    public LinkState Now()
    {
        lock (_gate)
        {
            return new LinkState(
                _stands, Math.Max(0, _opened - 1), _since, IsLost ? _lostAt : null, IsLost ? clock.GetElapsedTime(_since) : null, IsLost ? _error : null);
        }
    }

    /// <summary>
    /// The state, for a row; and before it the last loss that no row has told of, because the connection came about again sooner
    /// than a reading came.
    /// </summary>
    public (LinkLoss? Untold, LinkState State) Tell()
    {
        lock (_gate)
        {
            LinkLoss? untold = _stands && !_isLossTold ? new LinkLoss(_lostAt!.Value, _error!) : null;
            _isLossTold = true;
            return (untold, Now());
        }
    }
}

/// <param name="At">When the connection was lost.</param>
/// <param name="Error">What ended it.</param>
internal readonly record struct LinkLoss(DateTimeOffset At, string Error);

/// <param name="Stands">Whether it is connected.</param>
/// <param name="Reconnects">Connections made again.</param>
/// <param name="Since">Since when, as a monotonic time: the connection's age, or the downtime's.</param>
/// <param name="LostAt">When it was lost; null while it stands, and before the first attempt has ended.</param>
/// <param name="Downtime">Time since then.</param>
/// <param name="Error">What ended the last connection, or kept it from coming about; null while it stands.</param>
internal readonly record struct LinkState(bool Stands, long Reconnects, long Since, DateTimeOffset? LostAt, TimeSpan? Downtime, string? Error);
