namespace Collector.Sources.Gaps;

/// <summary>
/// Which series are silent for longer than they may be. It is told what each look shows (<see cref="See"/>), and judges at the
/// end of each look (<see cref="Judge"/>):
/// <list type="bullet">
/// <item>A series with an expected interval has a gap once it has been silent for more than 1.5 of it. One whose records come
/// with events has one once it has been silent for more than 1.5 event intervals during which a peer was active.</item>
/// <item>A gap begins with the last record and ends with the next one. A record that was not timed came when it was seen.</item>
/// <item>Silence is what was looked at. Records that came while nobody looked are taken to have come in time; and silence that
/// nobody looked at counts only once a look has shown that nothing came.</item>
/// <item>A silence longer than <see cref="GapOptions.GiveUpAfter"/> is none any more: the series is given up until its next record.</item>
/// </list>
/// It knows no clock and keeps nothing on disk; not thread-safe.
/// </summary>
/// <param name="source">Who looks; part of each gap's id.</param>
internal sealed class GapLedger(GapOptions options, string source)
{
    /// <summary>Series that are watched at the most, and gaps that ended and could not be told yet.</summary>
    public const int Most = 10_000;

    private readonly Dictionary<DataSeries, WatchedSeries> _series = [];
    private readonly HashSet<DataSeries> _changed = [];
    private readonly List<(GapReport Report, DateTimeOffset After)> _ended = [];
    private Moment? _judgedAt;

    /// <summary>The last look that saw anything.</summary>
    public Moment? SeenAt { get; private set; }

    public IReadOnlyCollection<WatchedSeries> Series => _series.Values;

    /// <summary>The series; null for one that is not watched.</summary>
    public WatchedSeries? Find(DataSeries name) => _series.GetValueOrDefault(name);

    /// <summary>Takes up a series that was watched before the collector stopped.</summary>
    /// <param name="seenAt">The last look that saw anything.</param>
    /// <param name="judgedAt">The last look. Nobody has looked since.</param>
    public void Restore(DataSeries name, Moment last, bool hasRecord, bool isOpen, Moment? seenAt, Moment judgedAt, Moment now)
    {
        if (_series.Count == Most)
        {
            return;
        }

        var series = new WatchedSeries(name, options, last, seenAt) { HasRecord = hasRecord, Unlooked = now - Moment.Later(judgedAt, last) };
        _series[name] = series;
        SeenAt = seenAt;
        if (isOpen)
        {
            series.Open(now);
        }
    }

    /// <summary>Takes in what a look shows of one series.</summary>
    /// <returns>False for a new series where as many are watched as can be.</returns>
    public bool See(DataSeries name, Sighting sighting, Moment now)
    {
        SeenAt = now;
        if (!_series.TryGetValue(name, out WatchedSeries? series))
        {
            if (_series.Count == Most)
            {
                return false;
            }

            Moment last = sighting.LastAt is { } told ? now.Told(told) : now;
            _series[name] = series = new WatchedSeries(name, options, last) { HasRecord = sighting.LastAt is not null };
            _changed.Add(name);
        }
        else if (sighting.Records != 0)
        {
            Arrive(series, sighting, now);
        }

        (series.IsThere, series.Unlooked) = (true, TimeSpan.Zero);
        return true;
    }

    /// <summary>Judges all series at the end of a look.</summary>
    /// <param name="sawAll">Whether the look saw all that there is: a series that it did not see is gone.</param>
    public void Judge(Moment now, bool sawAll)
    {
        var peers = new PeerActivity(_series.Values);
        foreach (WatchedSeries series in _series.Values) // one may leave: a dictionary bears that
        {
            CountSilence(series, peers, now);
            if (now - series.Last - series.Unlooked > options.GiveUpAfter)
            {
                GiveUp(series, now, isGone: sawAll && !series.IsThere);
            }
            else if (!series.IsOpen && IsSilent(series, now - series.Last - series.Unlooked))
            {
                series.Open(now);
                _changed.Add(series.Name);
            }

            series.EndLook(now);
        }

        _judgedAt = now;
    }

    /// <summary>The rows that are due: of gaps that were found, that ended, and one a minute of those that are open.</summary>
    public IReadOnlyList<GapReport> Reports(Moment now) =>
    [
        .. _ended.Where(ended => now.Wall > ended.After).Select(ended => ended.Report),
        .. _series.Values.Where(series => series.IsDue(now)).Select(series => series.Report(source, "open", now, null, Expected(series, now - series.Last))),
    ];

    /// <summary>What <see cref="Reports"/> gave at this moment is kept, and not to be told again.</summary>
    public void Told(Moment now)
    {
        _ended.RemoveAll(ended => now.Wall > ended.After);
        foreach (WatchedSeries series in _series.Values.Where(series => series.IsDue(now)))
        {
            series.Told(now);
        }
    }

    /// <summary>The series whose <see cref="WatchedSeries.Last"/> or gap changed, or that are no longer watched, since this was last asked.</summary>
    public IReadOnlyList<DataSeries> TakeChanged()
    {
        DataSeries[] changed = [.. _changed];
        _changed.Clear();
        return changed;
    }

    private void Arrive(WatchedSeries series, Sighting sighting, Moment now)
    {
        // It cannot have come before the look at which it was not there, whatever the clock of who timed it.
        Moment from = series.SeenAt is { } seen ? Moment.Later(series.Last, seen) : series.Last;
        Moment at = sighting.LastAt is { } told ? Moment.Later(from, now.Told(told)) : now;
        if (series.IsOpen || (sighting.IsExact && series.Interval is not null && IsSilent(series, at - series.Last)))
        {
            End(series, "closed", at, at.Wall, Missing(series, sighting.Records, at - series.Last, at - from));
        }

        (series.Last, series.HasRecord, series.SilentBesidePeers) = (at, true, TimeSpan.Zero);
        _changed.Add(series.Name);
    }

    private void CountSilence(WatchedSeries series, PeerActivity peers, Moment now)
    {
        if (series.Interval is null && _judgedAt is { } before && peers.LastOfOthers(series.Name) is { } peer && now - peer <= options.EventInterval)
        {
            series.SilentBesidePeers += now - Moment.Later(before, series.Last);
        }
    }

    private bool IsSilent(WatchedSeries series, TimeSpan silence) => series.Interval is { } interval
        ? silence > GapOptions.Threshold(interval) && silence <= options.GiveUpAfter
        : series.SilentBesidePeers > GapOptions.Threshold(options.EventInterval);

    private void GiveUp(WatchedSeries series, Moment now, bool isGone)
    {
        if (series.IsOpen)
        {
            End(series, "retired", now, null, Expected(series, now - series.Last));
        }

        if (isGone)
        {
            _series.Remove(series.Name);
            _changed.Add(series.Name);
        }
    }

    private void End(WatchedSeries series, string state, Moment at, DateTimeOffset? closedAt, long? missing)
    {
        if (_ended.Count == Most)
        {
            _ended.RemoveAt(0); // as many while the spool takes nothing: the oldest is never told
        }

        _ended.Add((series.Report(source, state, at, closedAt, missing), series.IsOpen ? series.ToldAt : default));
        series.Close();
        _changed.Add(series.Name);
    }

    /// <summary>Records that should have come in the time; null where they come with events.</summary>
    private static long? Expected(WatchedSeries series, TimeSpan time) => series.Interval is { } interval ? (long)(time / interval) : null;

    /// <summary>
    /// The expected intervals of the gap, rounded, less the record that ended it. Where nobody could look at its end, the records that
    /// came then count instead, one an interval at the most; and where nobody knows how many, nobody can tell.
    /// </summary>
    private static long? Missing(WatchedSeries series, long? records, TimeSpan gap, TimeSpan unlooked)
    {
        if (series.Interval is not { } interval || (records is null && unlooked > GapOptions.Threshold(interval)))
        {
            return null;
        }

        long came = Math.Max(1, Math.Min(records ?? 1, Rounded(unlooked / interval)));
        return Math.Max(0, Rounded(gap / interval) - came);

        static long Rounded(double number) => (long)Math.Round(number, MidpointRounding.AwayFromZero);
    }
}
