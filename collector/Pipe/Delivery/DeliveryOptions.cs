using System.ComponentModel.DataAnnotations;
using Collector.Settings;

namespace Collector.Pipe.Delivery;

/// <summary>How rows travel from the spool to the store.</summary>
public sealed record DeliveryOptions
{
    /// <summary>Time a row waits on disk for company before a batch is sent, from 0 to 10 s. Default 200 ms. Never delays an acknowledgement.</summary>
    [Between("0ms", "10s")]
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Rows that make a batch go at once, from 1 to 1,000,000. Default 1,000.</summary>
    [Range(1, 1_000_000)]
    public int BatchRows { get; init; } = 1_000;

    /// <summary>Bytes that make a batch go at once, from 1 KiB to 64 MiB. Default 256 KiB.</summary>
    [Between("1KiB", "64MiB")]
    public ByteSize BatchBytes { get; init; } = ByteSize.KiB(256);

    /// <summary>Rows of a request at the most, under a backlog. Default 10,000, from 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int BacklogRows { get; init; } = 10_000;

    /// <summary>Bytes of a request at the most, under a backlog. Default 2 MiB, from 1 KiB to 64 MiB.</summary>
    [Between("1KiB", "64MiB")]
    public ByteSize BacklogBytes { get; init; } = ByteSize.MiB(2);

    /// <summary>
    /// Bytes of batches in memory, of all tables together. Default 64 MiB, from 1 MiB to 64 GiB. Tables that find no room wait
    /// with their rows on disk; a batch larger than all of it goes alone.
    /// </summary>
    [Between("1MiB", "64GiB")]
    public ByteSize MaxBufferedBytes { get; init; } = ByteSize.MiB(64);

    /// <summary>
    /// Time that rows may wait behind others of their table before fresh ones go ahead of what waits. Default 1 s, from 0 to
    /// 1 min. Shorter costs the database time under load: rows out of order are merged.
    /// </summary>
    [Between("0ms", "1m")]
    public TimeSpan FreshWithin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Requests under way at the same time, over all tables, from 1 to 64. Default 2.</summary>
    [Range(1, 64)]
    public int Connections { get; init; } = 2;

    /// <summary>
    /// Longest pause before the first repetition of a request; doubled each time up to <see cref="RetryMaxDelay"/>. The
    /// pause is drawn evenly between 0 and that ("full jitter"). Default 250 ms, from 1 ms to 1 min.
    /// </summary>
    [Between("1ms", "1m")]
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest pause between two repetitions. Default 10 s, from 1 ms to 1 h. There is no last repetition.</summary>
    [Between("1ms", "1h")]
    public TimeSpan RetryMaxDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Bad rows that one batch may hold, or several in a row of which the store takes nothing; with more, the table halts
    /// instead of emptying into quarantine. Default 16, from 0 to 10,000.
    /// </summary>
    [Range(0, 10_000)]
    public int MaxBadRows { get; init; } = 16;

    /// <summary>
    /// Internal errors (HTTP 500) of one request after which it is searched for a bad row, though only while other tables are
    /// being taken; until then it is repeated as it is. Default 5, from 2 to 1,000.
    /// </summary>
    [Range(2, 1_000)]
    public int SuspectAfter { get; init; } = 5;

    /// <summary>Time after which a halted table is tried again. Default 30 s, from 1 s to 1 h.</summary>
    [Between("1s", "1h")]
    public TimeSpan HaltedRetry { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between two looks for rows that <c>collector spool replay</c> handed over, from 100 ms to 1 h. Default 1 s.</summary>
    [Between("100ms", "1h")]
    public TimeSpan ReplayInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time that a shutdown may take to deliver what is left; the rest stays on disk. Default 10 s, from 0 to 10 min.</summary>
    [Between("0ms", "10m")]
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
