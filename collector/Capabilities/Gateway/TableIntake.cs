using System.Security.Cryptography;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Capabilities.Gateway;

/// <summary>
/// Where the rows of one table go in, whichever request they came with. Rows of a table with counters go in one block after
/// the other, because each takes up where the one before left off; those of others side by side.
/// </summary>
public sealed class TableIntake(ILineSink sink, CounterBaselines baselines, GatewayMetrics metrics, SeriesLimit series) : IDisposable
{
    /// <summary>Blocks remembered, to know one that is sent again.</summary>
    private const int Remembered = 64;

    /// <summary>Blocks remembered with their bytes while the disk fails to sync; as many clients may be waiting to send again.</summary>
    private const int MaxUnsynced = 8;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Queue<UInt128> _order = new();
    private readonly HashSet<UInt128> _blocks = [];
    private readonly Dictionary<UInt128, byte[]> _unsynced = [];
    private PushedCounters? _counters;

    public SeriesLimit Series => series;

    /// <summary>Hands rows in.</summary>
    /// <returns>Null when they are on disk; else why they are not.</returns>
    public ValueTask<string?> AcceptAsync(Table table, LineRewriter rows, CancellationToken cancellationToken) => PushedCounters.Concern(table)
        ? AcceptInTurnAsync(table, rows, cancellationToken)
        : sink.AcceptAsync(new LineRows(table, rows.Written, rows.Rows, TimeSpan.Zero), cancellationToken);

    public void Dispose() => _turn.Dispose();

    private async ValueTask<string?> AcceptInTurnAsync(Table table, LineRewriter rows, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // A client that got no answer sends the same bytes again. Their increases were worked out then, and are not now.
            UInt128 block = Name(rows.Written.Span);
            if (_blocks.Contains(block))
            {
                metrics.Resent(rows.Rows);
                return null;
            }

            _counters = _counters?.Table == table ? _counters : new PushedCounters(table, baselines);
            return await AcceptAsync(_counters, rows, block, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask<string?> AcceptAsync(PushedCounters counters, LineRewriter rows, UInt128 block, CancellationToken cancellationToken)
    {
        bool isWritten = false;
        try
        {
            ReadOnlyMemory<byte> lines = _unsynced.TryGetValue(block, out byte[]? before) ? before : counters.Run(rows.Written);
            var accepted = new LineRows(counters.Table, lines, rows.Rows, TimeSpan.Zero)
            {
                Written = record =>
                {
                    counters.Keep(record);
                    isWritten = true;
                },
            };
            string? refused = await sink.AcceptAsync(accepted, cancellationToken);
            if (refused is null)
            {
                counters.Keep();
                Remember(block);
            }
            else if (isWritten)
            {
                RememberUnsynced(block, lines);
            }

            return refused;
        }
        finally
        {
            counters.Discard();
        }
    }

    /// <summary>Refused for a failed sync, and delivered all the same: sent again, the rows are to have the increases they have there.</summary>
    private void RememberUnsynced(UInt128 block, ReadOnlyMemory<byte> lines)
    {
        if (_unsynced.Count == MaxUnsynced)
        {
            _unsynced.Clear();
        }

        _unsynced.TryAdd(block, lines.ToArray());
    }

    private void Remember(UInt128 block)
    {
        _unsynced.Remove(block);
        if (_blocks.Add(block))
        {
            _order.Enqueue(block);
        }

        if (_order.Count > Remembered)
        {
            _blocks.Remove(_order.Dequeue());
        }
    }

    private static UInt128 Name(ReadOnlySpan<byte> block)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(block, hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
