using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Collector.Capabilities.Gateway;

/// <summary>
/// Requests whose client does not know what became of them: its connection was gone before the answer, or the answer was
/// that it should send them again. Each is known by its hash until it comes again, and then goes on from where it was left.
/// Nothing is hashed while all is answered. Thread-safe.
/// </summary>
public sealed partial class UnansweredRequests(string file, GatewayOptions options, GatewayMetrics metrics, TimeProvider clock, ILogger<UnansweredRequests> logger) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<RequestAttempt> _left = [];

    /// <summary>How many are remembered, those among them that are still worked on.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                Forget();
                return _left.Count;
            }
        }
    }

    /// <summary>Takes up what the run before left, unless it was killed.</summary>
    public void Load()
    {
        try
        {
            DateTimeOffset now = clock.GetUtcNow();
            foreach (LeftRequest left in UnansweredFile.Take(file))
            {
                long ago = (long)(Math.Max(0, (now - left.Since).TotalSeconds) * clock.TimestampFrequency);
                _left.Add(new RequestAttempt(this, left, clock.GetTimestamp() - ago));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            LogNotKept(file, exception.Message);
        }
    }

    /// <summary>Leaves to the next run what is still to come again. To be called when no request is under way any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            Forget();
            try
            {
                LeftRequest[] left = [.. _left.Where(attempt => attempt.Ended.IsCompleted).Select(attempt =>
                    attempt.Progress.Left(attempt.Hash, clock.GetUtcNow() - clock.GetElapsedTime(attempt.Since)))];
                if (left.Length > 0)
                {
                    UnansweredFile.Write(file, left);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                LogNotKept(file, exception.Message);
            }

            _left.Clear();
        }
    }

    /// <summary>Begins with a request, or goes on with it where its like was left: behind that one, where it is still worked on.</summary>
    /// <param name="target">Path and query.</param>
    /// <param name="body">The lines; looked at until the attempt is disposed of.</param>
    /// <param name="left">Fires when the client is gone.</param>
    public async ValueTask<RequestAttempt> BeginAsync(string target, ReadOnlyMemory<byte> body, CancellationToken left)
    {
        var attempt = new RequestAttempt(this, target, body, clock.GetTimestamp());
        RequestAttempt? earlier = TakeUp(attempt);
        attempt.Watch(left);
        if (earlier is not null)
        {
            await earlier.Ended;
            attempt.GoOnWith(earlier.Progress);
            metrics.Accepted(attempt.Progress.Accepted);
            metrics.Resent(attempt.Progress.Accepted);
        }

        return attempt;
    }

    /// <summary>The client is to learn now what became of it.</summary>
    /// <returns>False when it is gone.</returns>
    public bool Answer(RequestAttempt attempt)
    {
        lock (_gate)
        {
            attempt.IsSettled |= !attempt.IsLeft;
            return !attempt.IsLeft;
        }
    }

    /// <summary>Its client is gone.</summary>
    public void Leave(RequestAttempt attempt)
    {
        lock (_gate)
        {
            Forget();
            if (attempt.IsSettled || attempt.IsLeft || options.MaxUnanswered == 0)
            {
                return;
            }

            if (_left.Count >= options.MaxUnanswered)
            {
                _left.RemoveAt(0);
            }

            attempt.IsLeft = true;
            _left.Add(attempt);
        }
    }

    /// <summary>No more is done for it. Of a request of which nothing was taken nothing need be known.</summary>
    public void End(RequestAttempt attempt)
    {
        lock (_gate)
        {
            if (attempt.Progress.IsUnderWay)
            {
                Leave(attempt);
            }
            else
            {
                _left.Remove(attempt);
            }

            attempt.LetGo(keepHash: _left.Contains(attempt));
        }
    }

    private RequestAttempt? TakeUp(RequestAttempt attempt)
    {
        lock (_gate)
        {
            Forget();
            int at = _left.FindIndex(earlier => earlier.Hash == attempt.Hash);
            if (at < 0)
            {
                return null;
            }

            RequestAttempt found = _left[at];
            _left.RemoveAt(at);
            attempt.Since = found.Since; // however often it comes, it is forgotten in time
            return found;
        }
    }

    private void Forget() => _left.RemoveAll(attempt => clock.GetElapsedTime(attempt.Since) > options.RepeatWindow);

    [LoggerMessage(7008, LogLevel.Warning, "Requests whose client was gone before the answer are not remembered over this restart, and are stored again when they come again; see to {File}: {Reason}")]
    private partial void LogNotKept(string file, string reason);
}
