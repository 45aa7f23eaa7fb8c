using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;

namespace Collector.Testing;

/// <summary>One request as the store saw it.</summary>
internal sealed record Sent(string Table, byte[] Bytes, int Rows, DateTimeOffset At, Outcome Outcome);

/// <summary>A store that answers from a script and remembers every byte. Without a script it judges row by row.</summary>
internal sealed class FakeStore(TimeProvider clock) : IStore
{
    private readonly Lock _gate = new();
    private readonly List<Sent> _sent = [];
    private readonly List<string> _calls = [];
    private int _underWay;

    public string Description => "a fake store";

    /// <summary>Answers to writes, used up one by one; then <see cref="Judge"/>.</summary>
    public Queue<Outcome> Script { get; } = new();

    /// <summary>Answers to <see cref="ReachAsync"/>, used up one by one; then accepted.</summary>
    public Queue<Outcome> Reach { get; } = new();

    public Queue<Outcome> Prepare { get; } = new();

    /// <summary>Called within each preparation.</summary>
    public Action<Table> OnPrepare { get; set; } = _ => { };

    public Func<Batch, Outcome> Judge { get; set; } = _ => Outcome.Accepted.Instance;

    /// <summary>Awaited within each write.</summary>
    public Func<Batch, CancellationToken, Task> OnWrite { get; set; } = (_, _) => Task.CompletedTask;

    public int MostUnderWay { get; private set; }

    public IReadOnlyList<Sent> Sent
    {
        get
        {
            lock (_gate)
            {
                return [.. _sent];
            }
        }
    }

    /// <summary><c>reach</c>, <c>prepare t</c>, <c>write t</c>, in order.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>All rows of accepted requests.</summary>
    public IEnumerable<string> Rows(Table table) => Sent.Where(sent => sent.Outcome is Outcome.Accepted && sent.Table == table.Name).SelectMany(sent => Split(table, sent.Bytes));

    /// <summary>Each row's bytes as text, one character a byte.</summary>
    public static List<string> Split(Table table, ReadOnlyMemory<byte> lines)
    {
        var rows = new List<string>();
        var reader = new LineReader(table);
        reader.Start(lines, TimeWindow.Any);
        while (reader.Read() != LineStatus.End)
        {
            rows.Add(System.Text.Encoding.Latin1.GetString(reader.Row.Span));
        }

        return rows;
    }

    /// <summary>Turns away rows whose key begins with <c>bad</c>, as QuestDB does: all of the request, the first one named or not.</summary>
    public static Func<Batch, Outcome> NoBadRows(bool named) => batch =>
    {
        int at = Split(batch.Table, batch.Lines).FindIndex(row => row.Contains("k=bad", StringComparison.Ordinal));
        return at < 0 ? Outcome.Accepted.Instance : new Outcome.Rejected($"no bad rows, please", named ? at + 1 : null, "e-7");
    };

    public Task<Outcome> ReachAsync(CancellationToken cancellationToken) => Task.FromResult(Answer("reach", Reach));

    public Task<StorePlan> PlanAsync(IReadOnlyCollection<Table> tables, CancellationToken cancellationToken) => Task.FromResult(new StorePlan([]));

    public Task<Outcome> PrepareAsync(Table table, CancellationToken cancellationToken)
    {
        OnPrepare(table);
        return Task.FromResult(Answer($"prepare {table}", Prepare));
    }

    public async Task<Outcome> WriteAsync(Batch batch, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _calls.Add($"write {batch.Table}");
            MostUnderWay = Math.Max(MostUnderWay, ++_underWay);
        }

        try
        {
            await OnWrite(batch, cancellationToken);
            lock (_gate)
            {
                Outcome outcome = Script.Count > 0 ? Script.Dequeue() : Judge(batch);
                _sent.Add(new Sent(batch.Table.Name, batch.Lines.ToArray(), batch.Rows, clock.GetUtcNow(), outcome));
                return outcome;
            }
        }
        finally
        {
            lock (_gate)
            {
                _underWay--;
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Outcome Answer(string call, Queue<Outcome> script)
    {
        lock (_gate)
        {
            _calls.Add(call);
            return script.Count > 0 ? script.Dequeue() : Outcome.Accepted.Instance;
        }
    }
}
