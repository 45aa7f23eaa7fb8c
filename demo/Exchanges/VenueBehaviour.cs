namespace Demo.Exchanges;

/// <summary>How a venue behaves; changed at any time, and heeded from the next message on.</summary>
internal sealed class VenueBehaviour
{
    private bool _reads = true;

    /// <summary>Whether pings are answered, be they messages or frames, and anything else is read at all. A connection that is not read is half open.</summary>
    public bool Reads { get => Volatile.Read(ref _reads); set => Volatile.Write(ref _reads, value); }

    /// <summary>Whether pings that are messages are answered.</summary>
    public bool AnswersPings { get; set; } = true;

    /// <summary>Waited for before a ping is answered.</summary>
    public Func<Task> BeforePong { get; set; } = () => Task.CompletedTask;

    /// <summary>Waited for before a connection is accepted.</summary>
    public Func<Task> BeforeHandshake { get; set; } = () => Task.CompletedTask;

    /// <summary>How far the venue's clock is ahead.</summary>
    public TimeSpan ClockAhead { get; set; }

    /// <summary>Status with which connections are refused; null while they are accepted.</summary>
    public int? Refuses { get; set; }

    /// <summary>Header <c>Retry-After</c> of a refusal.</summary>
    public string? RetryAfter { get; set; }

    /// <summary>Header <c>Location</c> of a refusal.</summary>
    public string? Location { get; set; }

    /// <summary>Headers of the page that tells the time.</summary>
    public IReadOnlyDictionary<string, string> ClockHeaders { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
