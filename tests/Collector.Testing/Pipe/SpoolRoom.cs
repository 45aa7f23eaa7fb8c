using System.CommandLine;
using Collector.App.Commands;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Pipe.Replay;
using Collector.Pipe.Spool;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Testing;

/// <summary>A data folder as a collector leaves it, made by the real classes, and the spool commands on it.</summary>
internal sealed class SpoolRoom : IDisposable
{
    public const string Ddl = "CREATE TABLE t (ts TIMESTAMP, k SYMBOL, d DOUBLE, n LONG, v VARCHAR) TIMESTAMP(ts) PARTITION BY DAY TTL 30 DAYS WAL DEDUP UPSERT KEYS(ts, k);";

    private readonly TemporaryFolder _folder = new();

    public SpoolRoom()
    {
        Directory.CreateDirectory(_folder.File("schemas"));
        File.WriteAllText(_folder.File("schemas/t.sql"), Ddl);
        foreach (string own in (string[])["collector_status.sql", "source_status.sql", "host_metrics.sql"])
        {
            File.Copy(Path.Combine(Repository.Folder, "schemas", own), _folder.File($"schemas/{own}")); // the collector's own and its source's, without which nothing starts
        }

        File.WriteAllText(_folder.File("c.yaml"), "data_dir: data\nschemas_dir: schemas\nsources:\n  host:\n    - interval: 1s\n");
    }

    public static Table Table { get; } = TestTable.Read(Ddl);

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public string Data => _folder.File("data");

    public string Spool => Path.Combine(Data, "spool");

    public string QuarantineFolder => Path.Combine(Data, "quarantine");

    public string[] Segments => Directory.Exists(Path.Combine(Spool, "t"))
        ? [.. Directory.GetFiles(Path.Combine(Spool, "t"), "*.seg").Order(StringComparer.Ordinal)]
        : [];

    public string File_(string name) => _folder.File(name);

    public FaultyDisk Disk { get; } = new();

    public SpoolDirectory Open() => SpoolDirectory.Open(
        new SpoolOptions { Directory = Spool, MinFreeBytes = new(0), SegmentBytes = new(64 << 10) }, Clock, NullLogger.Instance, Disk);

    public Replayer Replayer(SpoolDirectory spool) => new(spool, Quarantine(), new TableCatalog([Table]), Clock, new NullLogger<Replayer>());

    public Quarantine Quarantine() => new(QuarantineFolder, new QuarantineOptions(), Clock, new NullLogger<Quarantine>());

    /// <summary>One record of rows with these keys; their double holds eight newlines.</summary>
    public ulong Append(SpoolDirectory spool, params string[] keys) =>
        spool.Log("t").AppendAsync(Rows(keys), keys.Length).AsTask().GetAwaiter().GetResult().RecordId;

    public byte[] Rows(params string[] keys)
    {
        var writer = new LineWriter(Table, Clock);
        foreach (string key in keys)
        {
            writer.Begin(key);
            writer.Set(Table["d"], BitConverter.Int64BitsToDouble(0x0A0A_0A0A_0A0A_0A0A));
            writer.Set(Table["n"], 7);
            Assert.Null(writer.End(Clock.GetUtcNow()));
        }

        return writer.Written.ToArray();
    }

    public void Keep(Quarantine quarantine, ulong record, int row, string key, string reason = "a cast") =>
        Assert.True(quarantine.Keep(new QuarantinedRow("t", record, row, Clock.GetUtcNow(), reason, "e-1", Rows(key))));

    /// <summary>Runs <c>collector spool ...</c> in this process.</summary>
    public async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var root = new RootCommand { SpoolCommand.Create(Clock) };
        ParseResult parsed = root.Parse(["spool", .. arguments, "--config", _folder.File("c.yaml")]);
        int code = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = null });
        return (code, Shown(output), Shown(error));
    }

    public void Dispose() => _folder.Dispose();

    private string Shown(StringWriter text) => text.ToString().Replace(_folder.Path, "~", StringComparison.Ordinal);
}
