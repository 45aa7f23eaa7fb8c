using System.Security.Cryptography;
using System.Text;

namespace Collector.Capabilities.Gateway;

/// <summary>A request from the end of its body to its answer. It is left to its repeat when it ends without <see cref="Answer"/>.</summary>
public sealed class RequestAttempt(UnansweredRequests requests, string target, ReadOnlyMemory<byte> body, long since) : IDisposable
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReadOnlyMemory<byte> _body = body;
    private CancellationTokenRegistration _watch;
    private string? _hash;

    /// <summary>One that an earlier run left.</summary>
    public RequestAttempt(UnansweredRequests requests, LeftRequest left, long since)
        : this(requests, "", default, since)
    {
        (_hash, Progress, IsLeft) = (left.Hash, new RequestProgress(left), true);
        _ended.SetResult();
    }

    public RequestProgress Progress { get; private set; } = new();

    /// <summary>Completes when no more is done for it.</summary>
    public Task Ended => _ended.Task;

    /// <summary>When it, or the first of its like, began: a timestamp of the clock.</summary>
    public long Since { get; set; } = since;

    /// <summary>True once it was left to its repeat.</summary>
    public bool IsLeft { get; set; }

    /// <summary>True once its client was told.</summary>
    public bool IsSettled { get; set; }

    /// <summary>What it has in common with its repeat, and with nothing else: path, query and lines. Worked out when it is first asked for.</summary>
    public string Hash => _hash ??= HashOf(_body.Span);

    /// <summary>To be called before the answer is begun.</summary>
    /// <returns>False when nobody is there to read it.</returns>
    public bool Answer() => requests.Answer(this);

    public void Watch(CancellationToken left) => _watch = left.UnsafeRegister(static me => ((RequestAttempt)me!).Leave(), this);

    public void GoOnWith(RequestProgress progress) => Progress = progress;

    /// <summary>Lets go of the body, whose buffer is used again.</summary>
    public void LetGo(bool keepHash)
    {
        _hash = keepHash ? Hash : null;
        _body = default;
    }

    public void Dispose()
    {
        _watch.Dispose(); // waits for Leave, where it runs
        requests.End(this);
        _ended.TrySetResult();
    }

    private void Leave() => requests.Leave(this);

    private string HashOf(ReadOnlySpan<byte> lines)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(target + '\n'));
        hash.AppendData(lines);
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
