using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Collector.Gateway.Influx;
using Collector.Lines;

namespace Collector.Gateway;

/// <summary>Takes a request's lines in: all that there is to it but HTTP. Thread-safe.</summary>
internal sealed class GatewayWriter(
    GatewayTables tables, TableDoors doors, ILineSink sink, GatewayOptions options, GatewayMetrics metrics, TimeProvider clock) : IDisposable
{
    private readonly ConcurrentBag<RequestLines> _idle = [];
    private readonly ConcurrentBag<RequestText> _idleInflux = [];
    private readonly SemaphoreSlim _turns = new(options.MaxRequests);

    /// <summary>Has the good lines on disk when it returns, and the bad ones set aside or refused as configured.</summary>
    /// <param name="body">The lines; not changed, and not looked at afterwards.</param>
    /// <param name="precision">What the digits of a time without a letter count.</param>
    /// <param name="influx">For lines in InfluxDB's dialect: what their translation may hold.</param>
    public async ValueTask<WriteResult> WriteAsync(ReadOnlyMemory<byte> body, Precision precision, CancellationToken cancellationToken, BufferBudget? influx = null)
    {
        await _turns.WaitAsync(cancellationToken);
        RequestLines lines = _idle.TryTake(out RequestLines? idle) ? idle : new RequestLines(tables, doors, options, metrics);
        RequestText text = influx is null ? new RequestText()
            : _idleInflux.TryTake(out RequestText? idleText) ? idleText : new InfluxRequest(tables.Find, influx, options);
        try
        {
            DateTimeOffset now = clock.GetUtcNow();
            WriteResult? refused = null;
            if (options.OnBadLine == BadLine.Reject)
            {
                Begin(isCheck: true);
                refused = await CheckAsync(lines, text, cancellationToken);
            }

            if (refused is null)
            {
                Begin(isCheck: false);
                refused = await WriteAsync(lines, text, cancellationToken);
            }

            return refused;

            void Begin(bool isCheck)
            {
                text.Begin(body);
                lines.Begin(default, precision, now, isCheck);
            }
        }
        finally
        {
            lines.End();
            text.End();
            _idle.Add(lines);
            if (influx is not null)
            {
                _idleInflux.Add(text);
            }

            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();

    /// <summary>Looks for the first bad line, and writes nothing.</summary>
    /// <returns>Null when there is none.</returns>
    private async ValueTask<WriteResult?> CheckAsync(RequestLines lines, RequestText text, CancellationToken cancellationToken)
    {
        while (text.Next())
        {
            lines.GoOn(text.Lines);
            bool goesOn = true;
            while (goesOn && lines.Refused.Count == 0)
            {
                goesOn = await ReadOnAsync(lines, cancellationToken);
            }

            if (lines.Refused.Take(1).Select(text.AsSent).Concat(text.Refused.Take(1)).MinBy(row => row.Fault.Line) is { } first)
            {
                return new WriteResult(WriteStatus.Invalid, 0, 0, 0, first.Fault);
            }
        }

        return text.IsOutOfRoom ? NoRoom(default) : lines.Waits is { } reason ? default(Tally).Result(WriteStatus.Unavailable, reason) : null;
    }

    private async ValueTask<bool> ReadOnAsync(RequestLines lines, CancellationToken cancellationToken)
    {
        bool goesOn = lines.ReadOn();
        if (lines.Wanted is { } table)
        {
            try
            {
                await tables.AskAsync(table, cancellationToken);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                lines.Postpone(table, exception);
            }
        }

        return goesOn;
    }

    private async ValueTask<WriteResult> WriteAsync(RequestLines lines, RequestText text, CancellationToken cancellationToken)
    {
        Tally tally = default;
        while (text.Next())
        {
            lines.GoOn(text.Lines);
            bool goesOn = true;
            while (goesOn)
            {
                goesOn = await ReadOnAsync(lines, cancellationToken);
                if (goesOn || lines.Refused.Count > 0)
                {
                    (tally, string? refusal) = await AcceptAsync(lines, tally, cancellationToken);
                    if (refusal is not null)
                    {
                        return tally.Result(WriteStatus.Unavailable, refusal);
                    }

                    tally = SetAside([.. lines.Refused.Select(text.AsSent)], tally);
                    lines.Handed();
                }
            }

            tally = SetAside(text.Refused, tally);
        }

        (tally, string? lastRefusal) = await AcceptAsync(lines, tally, cancellationToken);
        return lastRefusal is not null ? tally.Result(WriteStatus.Unavailable, lastRefusal)
            : text.IsOutOfRoom ? NoRoom(tally)
            : lines.Waits is { } reason ? tally.Result(WriteStatus.Unavailable, reason) : tally.Result(WriteStatus.Accepted);
    }

    private async ValueTask<(Tally Tally, string? Refusal)> AcceptAsync(RequestLines lines, Tally tally, CancellationToken cancellationToken)
    {
        foreach (TableLines table in lines.Tables)
        {
            if (table.Written.Rows == 0)
            {
                continue;
            }

            if (await table.Door.AcceptAsync(table.Table, table.Written, cancellationToken) is { } refusal)
            {
                return (tally, refusal);
            }

            tally = tally with { Accepted = tally.Accepted + table.Written.Rows };
            metrics.Accepted(table.Written.Rows);
            table.Written.Clear();
        }

        return (tally, null);
    }

    private Tally SetAside(IReadOnlyList<RefusedRow> bad, Tally tally)
    {
        if (bad.Count == 0)
        {
            return tally;
        }

        int kept = sink.Refuse(bad);
        metrics.Quarantined(kept, bad.Count - kept);
        return tally with { Kept = tally.Kept + kept, Lost = tally.Lost + bad.Count - kept };
    }

    private WriteResult NoRoom(Tally tally) =>
        tally.Result(WriteStatus.Unavailable, $"requests under way hold {options.MaxBufferedBytes} (gateway.max_buffered_bytes); send it again");

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Tally(int Accepted, int Kept, int Lost)
    {
        public WriteResult Result(WriteStatus status, string? reason = null) => new(status, Accepted, Kept, Lost, Reason: reason);
    }
}
