using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Pipe.Replay;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Outcome = Collector.Pipe.Delivery.Outcome;

namespace Collector.Tests.Pipe.Delivery;

/// <summary>
/// Whatever a store answers, and however often the collector is stopped in between: the books close after every request, each
/// good row arrives, each bad one is set aside once, and none is both; bad rows that are replayed come back, and once again.
/// </summary>
public sealed class LedgerModelTests
{
    private static readonly DeliveryOptions Options = new()
    {
        BatchRows = 7,
        BacklogRows = 13,
        Linger = TimeSpan.FromMilliseconds(8),
        RetryDelay = TimeSpan.FromMilliseconds(1),
        RetryMaxDelay = TimeSpan.FromMilliseconds(4),
        HaltedRetry = TimeSpan.FromSeconds(1),
        MaxBadRows = 4,
        ShutdownTimeout = TimeSpan.FromMilliseconds(50),
    };

    public enum Answer
    {
        Judge,
        JudgeUnnamed,
        Retry,
        Unknown,
        AppliedUnknown,
        Halted,
        Broken,
    }

    [Histories(120)]
    public Property Lanes_AnyAnswers_BooksCloseAndRowsArrive()
    {
        Gen<(Answer[], byte[], int, int)> history =
            from answers in Gen.ArrayOf(Gen.Elements(Enum.GetValues<Answer>()), 25)
            from records in Gen.ArrayOf(Gen.Choose(1, 12).Select(rows => (byte)rows), 12)
            from restart in Gen.Choose(0, 12)
            from left in Gen.Choose(0, 12)
            select (answers, records, restart, left);
        return Prop.ForAll(Arb.From(history), run => RunAsync(run.Item1, run.Item2, run.Item3, run.Item4).GetAwaiter().GetResult());
    }

    private static async Task RunAsync(Answer[] answers, byte[] records, int restartAt, int left)
    {
        using var folder = new TemporaryFolder();
        var clock = new FakeTimeProvider(DeliveryRoom.Start);
        var script = new Queue<Answer>(answers);
        var arrived = new HashSet<string>(StringComparer.Ordinal);
        var owed = new HashSet<string>(StringComparer.Ordinal);
        var bad = new HashSet<string>(StringComparer.Ordinal);
        long settled = 0;
        long replayed = 0;
        int rows = 0;
        for (int at = 0; at < records.Length;)
        {
            int until = at < restartAt ? Math.Min(restartAt, records.Length) : records.Length;
            bool isLast = until == records.Length;
            await using var room = new DeliveryRoom(folder.Path, Options, clock: clock);
            room.Store.Judge = batch => Next(script, batch, arrived, room);
            room.Store.OnWrite = static async (_, _) => await Task.Yield();
            long handedIn = 0;

            if (at > 0)
            {
                Replay(room, 2);
            }

            // The first records are a backlog, beside which the others come in.
            bool isStarted = false;
            for (; at < until; at++)
            {
                // One bad row in six, all of them within what a batch may hold.
                string[] keys = [.. Enumerable.Range(rows, records[at]).Select(i => i % 6 == 5 ? $"bad{i}" : $"good{i}")];
                rows += keys.Length;
                handedIn += keys.Length;
                if (at < left)
                {
                    await room.LeaveAsync(keys);
                }
                else
                {
                    if (!isStarted)
                    {
                        room.Lanes.Start();
                    }

                    isStarted = true;
                    await room.AcceptAsync(keys);
                }

                (owed, bad) = ([.. owed, .. keys.Where(key => key[0] == 'g')], [.. bad, .. keys.Where(key => key[0] == 'b')]);
                clock.Advance(TimeSpan.FromMilliseconds(3));
            }

            if (!isStarted)
            {
                room.Lanes.Start();
            }

            if (isLast)
            {
                await room.UntilAsync(() => room.Ledger.Pending == 0, 0.05);
                Replay(room, 1);
                room.Lanes.Deliver(DeliveryRoom.Table);
                await room.UntilAsync(() => room.Ledger.Pending == 0, 0.05);
            }

            await room.StopAsync(0.02);
            LedgerEntry books = room.Ledger;
            Assert.Equal(0, books.Remainder);
            Assert.Equal(handedIn, books.Accepted);
            settled += books.Delivered + books.Quarantined;
            replayed += books.Replayed;
            Assert.Equal(rows + replayed, settled + books.Pending);
        }

        Assert.Equal(rows + replayed, settled);
        Assert.True(bad.Count == 0 || replayed > 0);
        Assert.Equal(owed.Order(StringComparer.Ordinal), arrived.Order(StringComparer.Ordinal));
        string file = Path.Combine(folder.Path, "quarantine", "t.jsonl");
        Assert.Equal(bad.Count, File.Exists(file) ? File.ReadLines(file).Count() : 0);
    }

    /// <summary>Hands bad rows over again, as they are, and takes what can be taken: few enough for no batch to halt the table.</summary>
    private static void Replay(DeliveryRoom room, int rows)
    {
        ReplayItem[] items = [.. QuarantineFile.Read(room.QuarantineFolder, "t").Take(rows).Select(kept => new ReplayItem(kept.Id, kept.Table, Rows: null))];
        ReplayFolder.Hand(room.Spool.Root, "t", $"{Guid.NewGuid():N}", new ReplayRequest(items));
        new Replayer(room.Spool, room.Quarantine, new TableCatalog([DeliveryRoom.Table]), room.Clock, new NullLogger<Replayer>()).TakeAll();
    }

    private static Outcome Next(Queue<Answer> script, Batch batch, HashSet<string> arrived, DeliveryRoom room)
    {
        Assert.Equal(0, room.Ledger.Remainder);
        Answer answer = script.Count > 0 ? script.Dequeue() : Answer.Judge;
        Outcome judged = FakeStore.NoBadRows(named: answer != Answer.JudgeUnnamed)(batch);
        switch (answer)
        {
            case Answer.Retry:
                return new Outcome.Retry("busy");
            case Answer.Unknown:
                return new Outcome.Unknown("no answer");
            case Answer.Halted:
                return new Outcome.Halted("no");
            case Answer.Broken:
                throw new InvalidOperationException("a fault of the program");
            default:
                if (judged is Outcome.Accepted)
                {
                    arrived.UnionWith(FakeStore.Split(batch.Table, batch.Lines).Select(row => row[4..row.IndexOf(' ')]));
                    return answer == Answer.AppliedUnknown ? new Outcome.Unknown("the answer was lost") : judged;
                }

                return judged;
        }
    }
}
