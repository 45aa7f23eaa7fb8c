using System.Collections.Concurrent;
using Collector.Lines;

namespace Collector.Gateway;

/// <summary>Takes a request's lines in: all that there is to it but HTTP. Thread-safe.</summary>
internal sealed class GatewayWriter(
    GatewayTables tables, TableDoors doors, ArrivalClock arrivals, ILineSink sink, GatewayOptions options, GatewayMetrics metrics, TimeProvider clock) : IDisposable
{
    private readonly ConcurrentBag<RequestLines> _idle = [];
    private readonly SemaphoreSlim _turns = new(options.MaxRequests);
    private readonly Lock _growing = new();

    /// <summary>Has the good lines on disk when it returns, and the bad ones set aside or refused as configured.</summary>
    /// <param name="body">The lines; not changed, and not looked at afterwards.</param>
    /// <param name="precision">What the digits of a time without a letter count.</param>
    /// <param name="progress">From where on, and kept up to date: true also when this throws.</param>
    public async ValueTask<WriteResult> WriteAsync(ReadOnlyMemory<byte> body, Precision precision, RequestProgress progress, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        RequestLines lines = _idle.TryTake(out RequestLines? idle) ? idle : new RequestLines(tables, doors, arrivals, options, metrics);
        try
        {
            DateTimeOffset now = clock.GetUtcNow();
            return options.OnBadLine == BadLine.Reject && FirstFault(lines, body, precision, now, progress) is { } fault
                ? Result(WriteStatus.Invalid, progress, fault)
                : await WriteAsync(lines, body, precision, now, progress, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Result(WriteStatus.Unavailable, progress, reason: $"a new table, or the time of arrival, cannot be written down: {exception.Message}");
        }
        finally
        {
            lines.End();
            _idle.Add(lines);
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();

    /// <summary>Looks at all lines, and makes what they need once they are all good.</summary>
    private LineFault? FirstFault(RequestLines lines, ReadOnlyMemory<byte> body, Precision precision, DateTimeOffset now, RequestProgress progress)
    {
        (LineFault? fault, GrowthPlan plan) = Check();
        if (fault is not null || plan.IsEmpty)
        {
            return fault;
        }

        lock (_growing)
        {
            // Another request may have made the same since, or what fills a limit: once more, and no other meanwhile.
            (fault, plan) = Check();
            return fault ?? plan.Make();
        }

        (LineFault? Fault, GrowthPlan Plan) Check()
        {
            var planned = new GrowthPlan(tables);
            lines.Begin(body, precision, now, progress, planned);
            while (lines.ReadOn() && lines.Refused.Count == 0)
            {
            }

            return (lines.Refused is [var first, ..] ? first.Fault : null, planned);
        }
    }

    private async ValueTask<WriteResult> WriteAsync(
        RequestLines lines, ReadOnlyMemory<byte> body, Precision precision, DateTimeOffset now, RequestProgress progress, CancellationToken cancellationToken)
    {
        lines.Begin(body, precision, now, progress);
        bool goesOn = true;
        while (goesOn)
        {
            goesOn = lines.ReadOn();
            if (lines.Pause is { } pause)
            {
                return Result(WriteStatus.Unavailable, progress, reason: pause);
            }

            foreach (TableLines table in lines.Tables)
            {
                if (table.Written.Rows == 0)
                {
                    continue;
                }

                if (await table.Door.AcceptAsync(table.Table, table.Written, cancellationToken) is { } refusal)
                {
                    return Result(WriteStatus.Unavailable, progress, reason: refusal);
                }

                progress.Took(table.Table.Name, lines.Read.Position, table.Written.Rows);
                metrics.Accepted(table.Written.Rows);
                table.Written.Clear();
            }

            int bad = lines.Refused.Count, kept = bad > 0 ? sink.Refuse(lines.Refused) : 0;
            metrics.Quarantined(kept, bad - kept);
            progress.Reached(lines.Read.Position, lines.Read.Line, kept, bad - kept);
            lines.Handed();
        }

        return Result(WriteStatus.Accepted, progress);
    }

    private static WriteResult Result(WriteStatus status, RequestProgress progress, LineFault? fault = null, string? reason = null) =>
        new(status, progress.Accepted, progress.Quarantined, progress.Lost, fault, reason);
}
