using System.Globalization;
using System.Text;
using System.Text.Json;
using Collector.FaultTests.Feeding;
using Collector.FaultTests.Oracle;
using Collector.IntegrationTests.Support;
using Collector.Pipe.Spool;

namespace Collector.FaultTests.Writers;

/// <summary>The feeder: the codec, the spool and the delivery in a process of their own, at a thousand rows a second or so.</summary>
internal sealed class FeederWriter(int seed, int forgetsOneIn = 0) : IWriter
{
    /// <summary>More numbers than an append under way can hold: what it was given is unknown after a kill.</summary>
    private const long Unknown = 1_000;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private readonly string _run = Guid.NewGuid().ToString("N")[..6];
    private readonly TemporaryFolder _folder = new();
    private readonly long _epochMicros = TimeProvider.System.GetUtcNow().AddHours(-2).ToUnixTimeMilliseconds() * 1000;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _next = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _acknowledged = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BooksSample> _held = new(StringComparer.Ordinal);
    private readonly StringBuilder _log = new();
    private TimeSpan _ahead;
    private Memory? _memory;
    private ChildProcess? _process;

    public string Name => "feeder";

    public string Folder => _folder.Combine("data");

    public RowFinder Finder { get; } = FedRows.Finder();

    public bool IsRefusedOnTheWay => false;

    public bool HasClock => true;

    public string Log => _log + (_process?.ErrorOutput ?? "");

    private string[] Tables => [$"fed_{_run}_a", $"fed_{_run}_b"];

    public bool IsBad(string series, long number) => FedTable.IsBad(seed, number);

    public Task StartAsync(Memory memory, Uri store)
    {
        _memory = memory;
        Dictionary<string, long> next;
        lock (_gate)
        {
            // Also after a life that told of nothing: it may have been killed behind its first append.
            foreach (string table in Tables)
            {
                _next[table] = _next.GetValueOrDefault(table, 1 - Unknown) + Unknown;
            }

            next = new Dictionary<string, long>(_next, StringComparer.Ordinal);
            _acknowledged.Clear();
            _held.Clear();
        }

        var fsync = (FsyncMode)(seed & 1); // by the interval or always; a kill alone costs nothing in either
        var setup = new FeederSetup(Folder, store, seed, _epochMicros, next, fsync, _ahead.TotalSeconds, forgetsOneIn);
        string program = RepositoryRoot.Program(Path.Combine("tests", "Collector.FaultTests"), "Collector.FaultTests");
        _process = ChildProcess.Start("dotnet", [program, "feed", JsonSerializer.Serialize(setup)], onLine: Hear);
        return Task.CompletedTask;
    }

    public Task KillAsync() => EndAsync(process => process.Signal(UnixSignal.Kill), 128 + 9);

    public Task StopAsync() => EndAsync(process => _ = process.WriteLineAsync("stop"), 0);

    public async Task SetClockAsync(TimeSpan ahead)
    {
        _ahead = ahead;
        if (_process is not null)
        {
            await _process.WriteLineAsync($"clock {ahead.TotalSeconds.ToString(CultureInfo.InvariantCulture)}");
        }
    }

    public async Task SettleAsync(TimeSpan within)
    {
        await _process!.WriteLineAsync("hold");
        long began = TimeProvider.System.GetTimestamp();
        while (!IsSettled())
        {
            if (_process.HasExited || TimeProvider.System.GetElapsedTime(began) > within)
            {
                _memory!.Fault($"not all was delivered within {within.TotalSeconds:0} s: {Shown()}");
                return;
            }

            await Task.Delay(Poll, TimeProvider.System);
        }

        CompareBooks();
    }

    public Task<IReadOnlyCollection<StoredNumber>> StoredAsync(QuestDbServer database) => FedRows.StoredAsync(database, Tables);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task EndAsync(Action<ChildProcess> end, int expected)
    {
        ChildProcess process = _process!;
        bool hasEnded = process.HasExited;
        if (!hasEnded)
        {
            end(process);
        }

        int code = await process.WaitForExitAsync(Soon);
        if (hasEnded || code != expected)
        {
            _memory!.Fault($"the feeder ended {(hasEnded ? "by itself " : "")}with {code}: {process.ErrorOutput[^Math.Min(process.ErrorOutput.Length, 2000)..]}");
        }

        _log.AppendLine(process.ErrorOutput);
        await process.DisposeAsync();
        _process = null;
    }

    private void Hear(string line)
    {
        string[] parts = Report.Parts(line);
        if (parts is ["A" or "R", { } table, { } first, { } last])
        {
            HearRows(parts[0] == "A", table, Report.Number(first), Report.Number(last));
        }
        else if (parts is ["B", { } held, { } booked, ..])
        {
            HearBooks(held == "1", new BooksSample(booked, Report.Number(parts[3]), Report.Number(parts[4]), Report.Number(parts[5]), Report.Number(parts[6]), Report.Number(parts[7])));
        }
    }

    private void HearRows(bool isAcknowledged, string table, long first, long last)
    {
        if (isAcknowledged)
        {
            _memory!.Acknowledge(table, first, last);
        }
        else
        {
            _memory!.Refuse(last - first + 1);
        }

        lock (_gate)
        {
            _next[table] = last + 1;
            if (isAcknowledged)
            {
                _acknowledged[table] = _acknowledged.GetValueOrDefault(table) + last - first + 1;
            }
        }
    }

    private void HearBooks(bool isHeld, BooksSample sample)
    {
        _memory!.Sample(sample);
        if (!isHeld)
        {
            return;
        }

        lock (_gate)
        {
            _held[sample.Table] = sample;
        }
    }

    private bool IsSettled()
    {
        lock (_gate)
        {
            return _held.Count == Tables.Length && _held.Values.All(sample => sample.Pending == 0);
        }
    }

    /// <summary>What the books say was accepted in this life is what was acknowledged to us.</summary>
    private void CompareBooks()
    {
        lock (_gate)
        {
            foreach (BooksSample sample in _held.Values.Where(sample => sample.Accepted != _acknowledged.GetValueOrDefault(sample.Table)))
            {
                _memory!.Fault($"{sample.Accepted} rows of {sample.Table} are booked as accepted, and {_acknowledged.GetValueOrDefault(sample.Table)} were acknowledged");
            }
        }
    }

    private string Shown()
    {
        lock (_gate)
        {
            return string.Join("; ", _held.Values);
        }
    }
}
