using System.ComponentModel.DataAnnotations;
using Collector.Settings;
using Collector.Web.Listeners;

namespace Collector.Capabilities.Gateway;

public enum BadLine
{
    /// <summary>It is set aside with its reason, the others are taken, and the reply says how many were set aside.</summary>
    Quarantine,

    /// <summary>The whole request is refused, as QuestDB does.</summary>
    Reject,
}

public enum UnknownName
{
    /// <summary>The table or column is made from the types of the first line that names it.</summary>
    Create,

    /// <summary>The line is a bad line.</summary>
    Reject,
}

/// <summary>Line protocol in over HTTP: what a client of QuestDB or InfluxDB writes goes to the spool.</summary>
public sealed record GatewayOptions : IChecked, IFileOptions
{
    /// <summary>Whether it listens at all. Default true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Address and port; <c>localhost</c> and IP addresses only. Default <c>127.0.0.1:9465</c>.</summary>
    public HostPort Listen { get; init; } = new("127.0.0.1", 9465);

    /// <summary>
    /// What a request has to bring: as <c>Authorization: Bearer ...</c>, <c>Token ...</c>, or as the user or password of
    /// <c>Basic</c>; from clients of InfluxDB also as <c>Token user:...</c>, or as <c>u</c> or <c>p</c> of the query. Visible ASCII
    /// characters, at least 16 beyond loopback; several may stand side by side, with blanks or line breaks between them. Default
    /// none; without one only a loopback address may be listened at.
    /// </summary>
    public Secret? Token { get; init; }

    /// <summary>Certificate and key for HTTPS. Default none: plain HTTP.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>What becomes of a line that cannot be taken. Default <c>quarantine</c>.</summary>
    public BadLine OnBadLine { get; init; } = BadLine.Quarantine;

    /// <summary>What becomes of a line that names a table or a column that there is not. Default <c>create</c>.</summary>
    public UnknownName Unknown { get; init; } = UnknownName.Create;

    /// <summary>Bytes of a request, decompressed. Default 32 MiB, from 1 KiB to 1 GiB and at most a quarter of <see cref="MaxBufferedBytes"/>; a larger one is answered by 413.</summary>
    [Between("1KiB", "1GiB")]
    public ByteSize MaxBodyBytes { get; init; } = ByteSize.MiB(32);

    /// <summary>
    /// Bytes of a line. Default 64 KiB, from 1 KiB to 1 GiB; a longer one is a bad line, and quarantine keeps its head, its
    /// length and its SHA-256.
    /// </summary>
    [Between("1KiB", "1GiB")]
    public ByteSize MaxLineBytes { get; init; } = ByteSize.KiB(64);

    /// <summary>
    /// Bytes held of all requests together. Default 128 MiB, at least 1 MiB, and never more than a quarter of the memory that
    /// the process may use; a request beyond them is answered by 503.
    /// </summary>
    [Between("1MiB", null)]
    public ByteSize MaxBufferedBytes { get; init; } = ByteSize.MiB(128);

    /// <summary>
    /// Connections at a time. Default 1000, and no more than three quarters of the files that the process may open beside its own. At the limit
    /// the one that has been idle for longest without a token makes room for a new one.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxConnections { get; init; } = 1000;

    /// <summary>How long a connection is kept open for the next request. Default 30 s, from 1 s to 10 min.</summary>
    [Between("1s", "10m")]
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests that are read and written at a time. Default 16; others wait, within <see cref="MaxBufferedBytes"/>.</summary>
    [Range(1, 1000)]
    public int MaxRequests { get; init; } = 16;

    /// <summary>Bytes a second that a sender keeps up, on the average and after 5 s. Default 1 KiB; a slower one is cut off.</summary>
    [Between("1B", "1GiB")]
    public ByteSize MinRate { get; init; } = ByteSize.KiB(1);

    /// <summary>Time for a request to arrive. Default 30 s, from 1 s to 10 min; a slower one is answered by 408.</summary>
    [Between("1s", "10m")]
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Tables that lines may make or widen; those that the database has already do not count. Default 200; lines that ask for more are bad lines, and counted.</summary>
    [Range(0, 10_000)]
    public int MaxTables { get; init; } = 200;

    /// <summary>Columns that lines may make in a table. Default 200, 1 to 1999 (with its time, what SQLite takes); lines that ask for more are bad lines, and counted.</summary>
    [Range(1, 1999)]
    public int MaxColumns { get; init; } = 200;

    /// <summary>
    /// Columns that lines may make in all tables together. Default 2000: by QuestDB's own settings each takes 32 MiB of its disk
    /// before the first row. Lines that ask for more are bad lines, and counted.
    /// </summary>
    [Range(0, 1_000_000)]
    public int MaxTotalColumns { get; init; } = 2000;

    /// <summary>Different keys of a table a day (UTC). Default 100000; lines that bring more are bad lines, and counted.</summary>
    [Range(1, 100_000_000)]
    public int MaxSeries { get; init; } = 100_000;

    /// <summary>Different keys of all tables together a day (UTC), which are kept in memory, about 30 bytes each. Default 1000000; lines that bring more are bad lines, and counted.</summary>
    [Range(1, 1_000_000_000)]
    public int MaxTotalSeries { get; init; } = 1_000_000;

    /// <summary>
    /// Requests remembered whose client was gone before the answer, so that their repeat is not stored again. Default 1000;
    /// beyond them the oldest is forgotten. 0 remembers none.
    /// </summary>
    [Range(0, 100_000)]
    public int MaxUnanswered { get; init; } = 1000;

    /// <summary>How long such a request is remembered, from its first try on. Default 10 min, from 1 s to 1 d.</summary>
    [Between("1s", "1d")]
    public TimeSpan RepeatWindow { get; init; } = TimeSpan.FromMinutes(10);

    public object Resolved(Func<string, string> path) => this with { Tls = Tls?.Resolved(path) };

    public IEnumerable<(string Key, string Problem)> FileFaults() => Tls?.Problem() is { } problem ? [("tls", problem)] : [];

    public IEnumerable<(string Key, string Problem)> Check()
    {
        foreach ((string Key, string Problem) found in Enabled ? BindRule.Check(Listen, Token, "gateway.token") : [])
        {
            yield return found;
        }

        if (MaxBodyBytes.Bytes > MaxBufferedBytes.Bytes / 4)
        {
            // A buffer that grows is held twice for a moment, and sizes are powers of two.
            yield return ("max_body_bytes", $"{MaxBodyBytes} is more than a quarter of max_buffered_bytes, {MaxBufferedBytes}");
        }
    }
}
