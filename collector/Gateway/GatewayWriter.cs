using System.Collections.Concurrent;
using Collector.Lines;

namespace Collector.Gateway;

/// <summary>Takes a request's lines in: all that there is to it but HTTP. Thread-safe.</summary>
internal sealed class GatewayWriter(
    GatewayTables tables, TableDoors doors, ILineSink sink, GatewayOptions options, GatewayMetrics metrics, TimeProvider clock) : IDisposable
{
    private readonly ConcurrentBag<RequestLines> _idle = [];
    private readonly SemaphoreSlim _turns = new(options.MaxRequests);

    /// <summary>Has the good lines on disk when it returns, and the bad ones set aside or refused as configured.</summary>
    /// <param name="body">The lines; not changed, and not looked at afterwards.</param>
    /// <param name="precision">What the digits of a time without a letter count.</param>
    public async ValueTask<WriteResult> WriteAsync(ReadOnlyMemory<byte> body, Precision precision, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        RequestLines lines = _idle.TryTake(out RequestLines? idle) ? idle : new RequestLines(tables, doors, options, metrics);
        try
        {
            DateTimeOffset now = clock.GetUtcNow();
            if (options.OnBadLine == BadLine.Reject)
            {
                if (FirstFault(lines, body, precision, now) is { } fault)
                {
                    return new WriteResult(WriteStatus.Invalid, 0, 0, 0, fault);
                }

                if (lines.Waits is { } reason)
                {
                    return new WriteResult(WriteStatus.Unavailable, 0, 0, 0, Reason: reason);
                }
            }

            return await WriteAsync(lines, body, precision, now, cancellationToken);
        }
        finally
        {
            lines.End();
            _idle.Add(lines);
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();

    private static LineFault? FirstFault(RequestLines lines, ReadOnlyMemory<byte> body, Precision precision, DateTimeOffset now)
    {
        lines.Begin(body, precision, now, isCheck: true);
        bool goesOn = true;
        while (goesOn && lines.Refused.Count == 0)
        {
            goesOn = lines.ReadOn();
        }

        return lines.Refused is [var first, ..] ? first.Fault : null;
    }

    private async ValueTask<WriteResult> WriteAsync(
        RequestLines lines, ReadOnlyMemory<byte> body, Precision precision, DateTimeOffset now, CancellationToken cancellationToken)
    {
        lines.Begin(body, precision, now, isCheck: false);
        int accepted = 0, bad = 0, kept = 0;
        bool goesOn = true;
        while (goesOn)
        {
            goesOn = lines.ReadOn();
            foreach (TableLines table in lines.Tables)
            {
                if (table.Written.Rows == 0)
                {
                    continue;
                }

                if (await table.Door.AcceptAsync(table.Table, table.Written, cancellationToken) is { } refusal)
                {
                    return new WriteResult(WriteStatus.Unavailable, accepted, kept, bad - kept, Reason: refusal);
                }

                accepted += table.Written.Rows;
                metrics.Accepted(table.Written.Rows);
                table.Written.Clear();
            }

            if (lines.Refused.Count > 0)
            {
                int keptNow = sink.Refuse(lines.Refused);
                metrics.Quarantined(keptNow, lines.Refused.Count - keptNow);
                (bad, kept) = (bad + lines.Refused.Count, kept + keptNow);
            }

            lines.Handed();
        }

        return new WriteResult(lines.Waits is null ? WriteStatus.Accepted : WriteStatus.Unavailable, accepted, kept, bad - kept, Reason: lines.Waits);
    }
}
