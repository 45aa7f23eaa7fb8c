using System.Collections.Concurrent;
using Collector.Capabilities.Gateway.Influx;
using Collector.Lines;

namespace Collector.Capabilities.Gateway;

/// <summary>Takes a request's lines in: all that there is to it but HTTP. Thread-safe.</summary>
public sealed class GatewayWriter(
    GatewayTables tables, TableIntakes doors, ArrivalClock arrivals, ILineSink sink, GatewayOptions options, GatewayMetrics metrics, TimeProvider clock) : IDisposable
{
    private readonly ConcurrentBag<RequestLines> _idle = [];
    private readonly ConcurrentBag<RequestText> _idleInflux = [];
    private readonly SemaphoreSlim _turns = new(options.MaxRequests);
    private readonly SemaphoreSlim _growing = new(1);

    /// <summary>Has the good lines on disk when it returns, and the bad ones set aside or refused as configured.</summary>
    /// <param name="body">The lines; not changed, and not looked at afterwards.</param>
    /// <param name="precision">What the digits of a time without a letter count.</param>
    /// <param name="progress">From where on, and kept up to date: true also when this throws.</param>
    /// <param name="influx">For lines in InfluxDB's dialect: what their translation may hold.</param>
    public async ValueTask<WriteResult> WriteAsync(
        ReadOnlyMemory<byte> body, Precision precision, RequestProgress progress, CancellationToken cancellationToken, BufferBudget? influx = null)
    {
        await _turns.WaitAsync(cancellationToken);
        RequestLines lines = _idle.TryTake(out RequestLines? idle) ? idle : new RequestLines(tables, doors, arrivals, options, metrics);
        RequestText text = influx is null ? new RequestText()
            : _idleInflux.TryTake(out RequestText? idleText) ? idleText : new InfluxRequest(tables.Find, influx, options);
        try
        {
            var request = new Request(lines, text, body, precision, clock.GetUtcNow(), progress);
            return (options.OnBadLine == BadLine.Reject ? await PlanAsync(request, cancellationToken) : null)
                ?? await WriteAsync(request, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Result(WriteStatus.Unavailable, progress, reason: $"a new table, or the time of arrival, cannot be written down: {exception.Message}");
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

    public void Dispose()
    {
        _turns.Dispose();
        _growing.Dispose();
    }

    /// <summary>Looks at all lines, and makes what they need once they are all good.</summary>
    /// <returns>Null when they are.</returns>
    private async ValueTask<WriteResult?> PlanAsync(Request request, CancellationToken cancellationToken)
    {
        (WriteResult? refused, GrowthPlan plan) = await CheckAsync(request, cancellationToken);
        if (plan.IsEmpty)
        {
            return refused;
        }

        await _growing.WaitAsync(cancellationToken);
        try
        {
            // Another request may have made the same meanwhile, which then counted twice, or what fills a limit: once more, and no
            // other beside it.
            (refused, plan) = await CheckAsync(request, cancellationToken);
            return refused ?? (plan.Make() is { } fault ? Result(WriteStatus.Invalid, request.Progress, fault) : null);
        }
        finally
        {
            _growing.Release();
        }
    }

    /// <summary>Looks for the first bad line, and writes nothing.</summary>
    private async ValueTask<(WriteResult? Refused, GrowthPlan Plan)> CheckAsync(Request request, CancellationToken cancellationToken)
    {
        (RequestLines lines, RequestText text) = (request.Lines, request.Text);
        var plan = new GrowthPlan(tables);
        request.Begin(plan);
        while (request.Next())
        {
            bool goesOn = true;
            while (goesOn && lines.Refused.Count == 0)
            {
                goesOn = await ReadOnAsync(lines, cancellationToken);
            }

            if (lines.Refused.Take(1).Select(text.AsSent).Concat(text.Refused.Take(1)).MinBy(row => row.Fault.Line) is { } first)
            {
                return (Result(WriteStatus.Invalid, request.Progress, first.Fault), plan);
            }
        }

        return (Unfinished(request), plan);
    }

    private async ValueTask<WriteResult> WriteAsync(Request request, CancellationToken cancellationToken)
    {
        (RequestLines lines, RequestText text, RequestProgress progress) = (request.Lines, request.Text, request.Progress);
        request.Begin(null);
        while (request.Next())
        {
            bool goesOn = true;
            while (goesOn)
            {
                goesOn = await ReadOnAsync(lines, cancellationToken);
                if ((lines.Pause ?? await AcceptAsync(lines, progress, cancellationToken)) is { } refusal)
                {
                    return Result(WriteStatus.Unavailable, progress, reason: refusal);
                }

                (int kept, int lost) = SetAside([.. lines.Refused.Select(text.AsSent)]);
                progress.Reached(lines.Done.Position, lines.Done.Line, kept, lost);
                lines.Handed();
                if (goesOn)
                {
                    await Task.Yield(); // between its pieces a large request lets others have their turn
                }
            }

            if (lines.Waits is null)
            {
                (int kept, int lost) = SetAside(text.Refused);
                progress.NextPiece(kept, lost);
            }
        }

        return Unfinished(request) ?? Result(WriteStatus.Accepted, progress);
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

    /// <returns>Null when all that has gathered is on disk.</returns>
    private async ValueTask<string?> AcceptAsync(RequestLines lines, RequestProgress progress, CancellationToken cancellationToken)
    {
        foreach (TableLines table in lines.Tables)
        {
            if (table.Written.Rows == 0)
            {
                continue;
            }

            if (await table.Door.AcceptAsync(table.Table, table.Written, cancellationToken) is { } refusal)
            {
                return refusal;
            }

            progress.Took(table.Table.Name, lines.Position, table.Written.Rows);
            metrics.Accepted(table.Written.Rows);
            table.Written.Clear();
        }

        return null;
    }

    private (int Kept, int Lost) SetAside(IReadOnlyList<RefusedRow> bad)
    {
        int kept = bad.Count > 0 ? sink.Refuse(bad) : 0;
        int lost = bad.Sum(row => row.Times) - kept;
        metrics.Quarantined(kept, lost);
        return (kept, lost);
    }

    /// <summary>Why a request is not done whose lines are all read; null when it is.</summary>
    private static WriteResult? Unfinished(Request request) =>
        request.Text.IsOutOfRoom ? Result(WriteStatus.Unavailable, request.Progress, reason: RequestBody.NoRoom)
        : request.Lines.Waits is { } reason ? Result(WriteStatus.Unavailable, request.Progress, reason: reason)
        : null;

    private static WriteResult Result(WriteStatus status, RequestProgress progress, LineFault? fault = null, string? reason = null) =>
        new(status, progress.Accepted, progress.Quarantined, progress.Lost, fault, reason);

    /// <summary>What is read, and with what.</summary>
    private sealed record Request(
        RequestLines Lines, RequestText Text, ReadOnlyMemory<byte> Body, Precision Precision, DateTimeOffset Now, RequestProgress Progress)
    {
        private int _piece;

        /// <summary>Begins, or once more with the same.</summary>
        /// <param name="plan">Set to write nothing.</param>
        public void Begin(GrowthPlan? plan)
        {
            _piece = 0;
            Text.Begin(Body);
            Lines.Begin(Body, Precision, Now, Progress, plan);
        }

        /// <summary>Goes on to the next piece that is not dealt with. One of which lines wait is gone on with before any other.</summary>
        public bool Next()
        {
            while (Lines.Waits is null && Text.Next())
            {
                if (_piece++ >= Progress.Piece)
                {
                    Lines.GoOn(Text.Lines, Text.IsBounded);
                    return true;
                }
            }

            return false;
        }
    }
}
