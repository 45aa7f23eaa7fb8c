using System.Threading.Channels;

namespace Collector.IntegrationTests.Stack;

/// <summary>The messages that a channel was given, in the order of their arrival.</summary>
internal sealed class Inbox(string name)
{
    private readonly Channel<(string Text, long At)> _messages = Channel.CreateUnbounded<(string, long)>();
    private readonly List<string> _read = [];

    public bool IsEmpty => _messages.Reader.Count == 0;

    public void Add(string message) => _messages.Writer.TryWrite((message, TimeProvider.System.GetTimestamp()));

    /// <summary>Waits for a message with all of these texts; returns when it arrived, by <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public async Task<long> WaitAsync(TimeSpan within, params string[] texts)
    {
        using var deadline = new CancellationTokenSource(within);
        try
        {
            while (true)
            {
                (string text, long at) = await _messages.Reader.ReadAsync(deadline.Token);
                _read.Add(text);
                if (texts.All(each => text.Contains(each, StringComparison.Ordinal)))
                {
                    return at;
                }
            }
        }
        catch (OperationCanceledException missed)
        {
            throw new TimeoutException($"{name}: no message with '{string.Join("', '", texts)}' within {within.TotalSeconds} s. There came:\n{string.Join("\n---\n", _read)}", missed);
        }
    }
}
