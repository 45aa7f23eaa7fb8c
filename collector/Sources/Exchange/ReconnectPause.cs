namespace Collector.Sources.Exchange;

/// <summary>
/// The pause before a connection is tried again: doubled from one attempt to the next up to a limit, and drawn from its
/// upper half, so that many collectors do not come back at the same instant. A connection that was stable begins anew.
/// </summary>
internal sealed class ReconnectPause(ExchangeOptions options, Random random)
{
    /// <summary>The longest pause that a venue can ask for.</summary>
    private static readonly TimeSpan MaxAsked = TimeSpan.FromMinutes(15);

    private int _attempts;

    /// <param name="stood">How long the last connection stood; zero where none came about.</param>
    /// <param name="asked">The pause that the venue asked for (<c>Retry-After</c>), which counts where it is the longer one; at most 15 min.</param>
    public TimeSpan Next(TimeSpan stood, TimeSpan? asked)
    {
        _attempts = stood >= options.StableAfter ? 0 : _attempts;
        TimeSpan whole = options.ReconnectDelay * Math.Pow(2, Math.Min(_attempts++, 30));
        whole = whole < options.ReconnectMaxDelay ? whole : options.ReconnectMaxDelay;
#pragma warning disable CA5394 // It spreads attempts; nothing is kept secret by it.
        TimeSpan drawn = whole * ((1 + random.NextDouble()) / 2);
#pragma warning restore CA5394
        TimeSpan wanted = asked < MaxAsked ? asked.Value : asked is null ? TimeSpan.Zero : MaxAsked;
        return drawn > wanted ? drawn : wanted;
    }
}
