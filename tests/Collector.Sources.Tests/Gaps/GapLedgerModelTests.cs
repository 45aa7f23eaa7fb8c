using Collector.Sources.Gaps;
using FsCheck;
using FsCheck.Fluent;

namespace Collector.Tests.Sources.Gaps;

/// <summary>Random arrivals, looks and restarts, held against gaps that are worked out from the whole history at once.</summary>
public sealed class GapLedgerModelTests
{
    private const double Expected = 100;
    private const double Threshold = 150;
    private const double GiveUp = 2_000;
    private const double PeerActive = 120;

    private static readonly GapOptions Options = new()
    {
        Expected = new Dictionary<string, TimeSpan> { ["x"] = TimeSpan.FromSeconds(Expected) },
        EventInterval = TimeSpan.FromSeconds(PeerActive),
        GiveUpAfter = TimeSpan.FromSeconds(GiveUp),
    };

    public enum Happening
    {
        Arrival,
        Look,
        Restart,
    }

    /// <summary>Seconds from one happening to the next: short ones, ones around the threshold, and some beyond all patience.</summary>
    private static readonly Gen<int> Pause = Gen.Frequency((6, Gen.Choose(1, 60)), (3, Gen.Choose(100, 400)), (1, Gen.Choose(140, 160)), (1, Gen.Choose(1_500, 2_600)));

    [Histories(400)]
    public Property Gaps_RecordsThatAreTimed_AreTheSilencesBeyondTheThreshold() => ForAll(
        Steps(Gen.Frequency((4, Gen.Constant(Happening.Arrival)), (5, Gen.Constant(Happening.Look)), (1, Gen.Constant(Happening.Restart))), Pause), CheckTimed);

    [Histories(400)]
    public Property Gaps_RecordsThatAreOnlyCounted_ReachFromLookToLook() => ForAll(
        Steps(Gen.Frequency((3, Gen.Constant(0)), (2, Gen.Choose(1, 30)), (1, Gen.Constant(-1))), Gen.Frequency((5, Gen.Choose(1, 60)), (2, Gen.Choose(100, 500)))), CheckCounted);

    [Histories(200)]
    public Property Gaps_RecordsThatComeWithEvents_AreSilencesBesideAnActivePeer() => ForAll(
        Steps(Gen.Frequency((2, Gen.Choose(0, 7)), (1, Gen.Constant(0)), (3, Gen.Constant(2))), Gen.Frequency((5, Gen.Choose(1, 60)), (2, Gen.Choose(61, 200)))), CheckEvents);

    private static Gen<(T What, int Pause)[]> Steps<T>(Gen<T> what, Gen<int> pause) =>
        Gen.ArrayOf(from each in what from seconds in pause select (each, seconds), 60);

    private static Property ForAll<T>(Gen<T> gen, Action<T> check) => Prop.ForAll(Arb.From(gen), check);

    private static void CheckTimed((Happening What, int Pause)[] steps)
    {
        var room = new LedgerRoom(Options);
        room.Look(0, 0, 0);
        List<double> waiting = [], arrivals = [0], looks = [0], deliveries = [0];
        double now = 0;
        foreach ((Happening what, int pause) in steps)
        {
            now += pause;
            switch (what)
            {
                case Happening.Arrival:
                    waiting.Add(now);
                    break;
                case Happening.Restart:
                    room.Restart(now);
                    break;
                case Happening.Look:
                    waiting.ForEach(at => room.See(now, LedgerRoom.X, 1, at));
                    arrivals.AddRange(waiting);
                    deliveries.AddRange(waiting.Select(_ => now));
                    waiting.Clear();
                    room.Look(now, 0);
                    looks.Add(now);
                    break;
            }
        }

        // By hand: each silence between two arrivals that were told, and the one up to the last look.
        var wanted = new List<(double From, double? To, string State)>();
        for (int i = 0; i < arrivals.Count; i++)
        {
            double from = arrivals[i];
            double? to = i + 1 < arrivals.Count ? arrivals[i + 1] : null;
            double[] during = [.. looks.Where(look => look > from && look < (to ?? double.MaxValue) && look >= deliveries[i])];
            bool wasOpen = Array.Exists(during, look => look - from > Threshold && look - from <= GiveUp);
            if (wasOpen && Array.Exists(during, look => look - from > GiveUp))
            {
                wanted.Add((from, null, "retired"));
            }
            else if (to is { } end && (wasOpen || (end - from > Threshold && end - from <= GiveUp)))
            {
                wanted.Add((from, end, "closed"));
            }
            else if (wasOpen)
            {
                wanted.Add((from, null, "open"));
            }
        }

        AssertGaps(wanted, room);
        Assert.All(room.Gaps().Where(gap => gap.State == "closed"), gap =>
            Assert.Equal((long)Math.Round(gap.Duration.TotalSeconds / Expected, MidpointRounding.AwayFromZero) - 1, gap.Missing));
    }

    /// <param name="steps">Records that each look sees; −1 for a restart.</param>
    private static void CheckCounted((int Records, int Pause)[] steps)
    {
        var room = new LedgerRoom(Options with { GiveUpAfter = TimeSpan.FromDays(1) });
        room.Look(0, 1);
        List<(double At, int Records)> looks = [(0, 1)];
        double now = 0;
        foreach ((int records, int pause) in steps)
        {
            now += pause;
            if (records < 0)
            {
                room.Restart(now);
            }
            else
            {
                room.Look(now, records);
                looks.Add((now, records));
            }
        }

        int[] came = [.. Enumerable.Range(0, looks.Count).Where(i => i == 0 || looks[i].Records > 0)];
        var wanted = new List<(double From, double? To, string State)>();
        var missing = new List<long>();
        for (int i = 0; i < came.Length; i++)
        {
            double from = looks[came[i]].At;
            int next = i + 1 < came.Length ? came[i + 1] : looks.Count;
            if (looks[(came[i] + 1)..next].Exists(look => look.At - from > Threshold))
            {
                bool isClosed = next < looks.Count;
                wanted.Add((from, isClosed ? looks[next].At : (double?)null, isClosed ? "closed" : "open"));
                if (isClosed)
                {
                    double all = Math.Round((looks[next].At - from) / Expected, MidpointRounding.AwayFromZero);
                    double unseen = Math.Round((looks[next].At - looks[next - 1].At) / Expected, MidpointRounding.AwayFromZero);
                    missing.Add((long)Math.Max(0, all - Math.Max(1, Math.Min(looks[next].Records, unseen))));
                }
            }
        }

        AssertGaps(wanted, room);
        Assert.Equal(missing, room.Gaps().Where(gap => gap.State == "closed").OrderBy(gap => gap.OpenedAt).Select(gap => gap.Missing!.Value));
    }

    /// <param name="steps">Which of three exchanges each look sees a record of, as bits.</param>
    private static void CheckEvents((int Came, int Pause)[] steps)
    {
        var room = new LedgerRoom(Options with { GiveUpAfter = TimeSpan.FromDays(1) });
        DataSeries[] series = [.. Enumerable.Range(0, 3).Select(i => new DataSeries($"exchange{i}", "", "liquidation"))];
        List<(double At, int Came)> looks = [(0, 0), .. steps.Select((step, i) => ((double)steps[..(i + 1)].Sum(each => each.Pause), step.Came))];
        foreach ((double at, int came) in looks)
        {
            for (int i = 0; i < series.Length; i++)
            {
                room.See(at, series[i], came >> i & 1);
            }

            room.Judge(at);
        }

        foreach (int one in Enumerable.Range(0, 3))
        {
            var wanted = new List<(double From, double? To, string State)>();
            int[] own = [0, .. Enumerable.Range(1, looks.Count - 1).Where(i => (looks[i].Came >> one & 1) == 1)];
            for (int k = 0; k < own.Length; k++)
            {
                int end = k + 1 < own.Length ? own[k + 1] : looks.Count;
                double beside = Enumerable.Range(own[k] + 1, end - own[k] - 1)
                    .Where(i => looks[..(i + 1)].Exists(look => (look.Came & ~(1 << one)) != 0 && looks[i].At - look.At <= PeerActive))
                    .Sum(i => looks[i].At - looks[i - 1].At);
                if (beside > 1.5 * PeerActive)
                {
                    wanted.Add((looks[own[k]].At, end < looks.Count ? looks[end].At : (double?)null, end < looks.Count ? "closed" : "open"));
                }
            }

            AssertGaps(wanted, room, series[one]);
        }
    }

    /// <summary>Exactly these gaps, each of one id; and for each of them at most one row a minute, of which only the last ends it.</summary>
    private static void AssertGaps(List<(double From, double? To, string State)> wanted, LedgerRoom room, DataSeries? series = null)
    {
        var rows = room.Told.Where(told => series is null || told.Report.Series == series).GroupBy(told => told.Report.Id).ToList();
        Assert.Equal(wanted, rows.Select(gap => gap.Last().Report).OrderBy(gap => gap.OpenedAt)
            .Select(gap => (LedgerRoom.Second(gap.OpenedAt), gap.ClosedAt is { } at ? LedgerRoom.Second(at) : (double?)null, gap.State)));
        Assert.All(rows, gap =>
        {
            Assert.All(gap.SkipLast(1), row => Assert.Equal("open", row.Report.State));
            Assert.Single(gap.Select(row => row.Report.OpenedAt).Distinct());
        });
    }
}
