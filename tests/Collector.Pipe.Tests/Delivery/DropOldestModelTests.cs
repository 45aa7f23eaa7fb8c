using Collector.Pipe.Delivery;
using Collector.Pipe.Spool;
using Collector.Settings;
using FsCheck;
using FsCheck.Fluent;
using Outcome = Collector.Pipe.Delivery.Outcome;

namespace Collector.Tests.Pipe.Delivery;

/// <summary>
/// A spool that drops its oldest rows while the store answers as it likes: what the books call delivered is what the store
/// has, and what they call dropped is what it has not.
/// </summary>
public sealed class DropOldestModelTests
{
    private static readonly DeliveryOptions Options = new()
    {
        BatchRows = 20,
        BacklogRows = 60,
        Linger = TimeSpan.FromMilliseconds(8),
        RetryDelay = TimeSpan.FromMilliseconds(20),
        RetryMaxDelay = TimeSpan.FromMilliseconds(80),
        HaltedRetry = TimeSpan.FromSeconds(1),
        MaxBadRows = 60,
    };

    private static readonly SpoolOptions Small = new()
    {
        MinFreeBytes = new(0),
        MaxBytes = ByteSize.KiB(32),
        SegmentBytes = ByteSize.KiB(4),
        WhenFull = WhenFull.DropOldest,
        Fsync = FsyncMode.Os,
    };

    public enum Answer
    {
        Judge,
        Retry,
        LostAnswer,
        Halted,
    }

    [Histories(60)]
    public Property Lanes_OldestDropped_DeliveredIsWhatTheStoreHas()
    {
        Gen<(Answer[], byte[])> history =
            from answers in Gen.ArrayOf(Gen.Elements(Enum.GetValues<Answer>()), 30)
            from records in Gen.ArrayOf(Gen.Choose(1, 50).Select(rows => (byte)rows), 60)
            select (answers, records);
        return Prop.ForAll(Arb.From(history), run => RunAsync(run.Item1, run.Item2).GetAwaiter().GetResult());
    }

    private static async Task RunAsync(Answer[] answers, byte[] records)
    {
        using var folder = new TemporaryFolder();
        await using var room = new DeliveryRoom(folder.Path, Options, Small);
        var script = new Queue<Answer>(answers);
        var arrived = new HashSet<string>(StringComparer.Ordinal);
        room.Store.OnWrite = static async (_, _) => await Task.Yield();
        room.Store.Judge = batch => Next(script, batch, arrived);
        int rows = 0;
        foreach (byte count in records)
        {
            string[] keys = [.. Enumerable.Range(rows, count).Select(i => i % 9 == 8 ? $"bad{i}" : $"good{i}")];
            if (await room.TryAcceptAsync(DeliveryRoom.Table, keys) is null)
            {
                rows += count;
            }

            room.Clock.Advance(TimeSpan.FromMilliseconds(5));
        }

        await room.UntilAsync(() => room.Ledger.Pending == 0, 0.05);
        LedgerEntry books = room.Ledger;
        Assert.Equal(0, books.Remainder);
        Assert.Equal(arrived.Count, books.Delivered);
        Assert.Equal(rows, books.Delivered + books.Quarantined + books.DroppedOldest);
        string file = Path.Combine(folder.Path, "quarantine", "t.jsonl");
        Assert.Equal(books.Quarantined, File.Exists(file) ? File.ReadLines(file).Count() : 0);
    }

    private static Outcome Next(Queue<Answer> script, Batch batch, HashSet<string> arrived)
    {
        Answer answer = script.Count > 0 ? script.Dequeue() : Answer.Judge;
        if (answer is Answer.Retry or Answer.Halted)
        {
            return answer == Answer.Retry ? new Outcome.Retry("busy") : new Outcome.Halted("no");
        }

        Outcome judged = FakeStore.NoBadRows(named: true)(batch);
        if (judged is Outcome.Accepted)
        {
            arrived.UnionWith(FakeStore.Split(batch.Table, batch.Lines).Select(row => row[4..row.IndexOf(' ')]));
            return answer == Answer.LostAnswer ? new Outcome.Unknown("the answer was lost") : judged;
        }

        return judged;
    }
}
