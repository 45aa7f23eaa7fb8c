using System.Text.Json;
using Collector.FaultTests.Faults;
using Collector.FaultTests.Writers;
using Collector.IntegrationTests.Faults;
using Collector.IntegrationTests.Support;

namespace Collector.FaultTests.Oracle;

/// <summary>One seed: a schedule of faults while a writer writes, and the judgement afterwards.</summary>
internal sealed class Round : IAsyncDisposable
{
    private static readonly TimeSpan SettledWithin = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan VisibleWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LivingWithin = TimeSpan.FromSeconds(60);
    private const int DiskMebibytes = 48;
    private readonly int _seed;
    private readonly IWriter _writer;
    private readonly QuestDbServer _database;
    private readonly SmallDisk? _disk;
    private readonly FaultyProxy _way;
    private readonly Memory _memory = new();
    private readonly HashSet<string> _struck = new(StringComparer.Ordinal);
    private readonly string _withoutDisk;
    private long _linesBefore;

    private Round(int seed, IWriter writer, QuestDbServer database)
    {
        (_seed, _writer, _database) = (seed, writer, database);
        _disk = SmallDisk.TryMount(writer.Folder, out _withoutDisk, DiskMebibytes);
        _way = new FaultyProxy(database.Url, writer.Finder, writer.IsRefusedOnTheWay ? writer.IsBad : null);
    }

    /// <param name="constant">A fault that every request may meet, throughout: for what the oracle has to find.</param>
    /// <param name="leastRows">The last life goes on until so many rows are acknowledged.</param>
    public static async Task<RoundResult> RunAsync(
        int seed, int kills, IWriter writer, QuestDbServer database, int leastRows, ProxyFault constant = ProxyFault.None)
    {
        await using var round = new Round(seed, writer, database);
        return await round.RunAsync(kills, leastRows, constant);
    }

    public async ValueTask DisposeAsync()
    {
        await _way.DisposeAsync();
        _disk?.Dispose();
    }

    private async Task<RoundResult> RunAsync(int kills, int leastRows, ProxyFault constant)
    {
        long began = TimeProvider.System.GetTimestamp();
        IReadOnlyList<Step> steps = Schedule.Of(_seed, kills, kind => kind switch
        {
            StepKind.Clock => _writer.HasClock,
            StepKind.DiskFull => _disk is not null,
            StepKind.Way => constant == ProxyFault.None,
            _ => true,
        });
        if (constant != ProxyFault.None)
        {
            _way.Disturb(constant, 50, _seed);
        }

        try
        {
            await _way.ListenAsync();
            await StartAsync();
            foreach (Step step in steps)
            {
                await Task.Delay(step.After, TimeProvider.System);
                await DoAsync(step);
            }

            await LivingAsync(leastRows);
            await _writer.SettleAsync(SettledWithin);
        }
        catch (Exception broken)
        {
            _memory.Fault($"the round broke off: {broken}");
        }

        (IReadOnlyList<string> findings, Evidence evidence) = await JudgeAsync();
        return new RoundResult(_seed, _writer.Name, steps, _memory, _way.Done, findings, _writer.Log, TimeProvider.System.GetElapsedTime(began), evidence)
        {
            WithoutDisk = _disk is null ? _withoutDisk : null,
        };
    }

    private async Task DoAsync(Step step)
    {
        switch (step.Kind)
        {
            case StepKind.Kill:
            case StepKind.KillTwice:
            case StepKind.KillAndDamage:
                await KillAsync(step);
                break;
            case StepKind.Restart:
                await LivingAsync();
                await _writer.StopAsync();
                await StartAsync();
                break;
            case StepKind.DatabaseKill:
                await _database.KillAsync();
                break;
            case StepKind.DatabaseStop:
                await _database.StopAsync();
                break;
            case StepKind.DatabasePause:
                _database.Pause();
                break;
            case StepKind.DatabaseBack when _database.IsRunning:
                _database.Resume();
                break;
            case StepKind.DatabaseBack:
                await _database.StartAgainAsync();
                break;
            case StepKind.Way:
                _way.Disturb(WayFaults.Honest[step.Chance % WayFaults.Honest.Length], 20 + (step.Chance / 8 % 81), step.Chance);
                break;
            case StepKind.WayRefused:
                await _way.RefuseAsync();
                break;
            case StepKind.WayFree:
                _way.Free();
                await _way.ListenAsync();
                break;
            case StepKind.Clock:
                await _writer.SetClockAsync(TimeSpan.FromSeconds((step.Chance % 2_000_000) - 1_000_000)); // 12 days to either side
                break;
            case StepKind.DiskFull:
                _disk!.Fill();
                break;
            default:
                _disk!.MakeRoom();
                break;
        }
    }

    private Task StartAsync()
    {
        _linesBefore = _memory.Lines;
        return _writer.StartAsync(_memory, _way.Url);
    }

    /// <summary>
    /// Waits until the present life has taken or refused a row, so that a slow machine does not make a round of lives that
    /// never began.
    /// </summary>
    private async Task LivingAsync(int leastRows = 0)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (_memory.Lines == _linesBefore || _memory.Acknowledged < leastRows)
        {
            if (TimeProvider.System.GetElapsedTime(began) > LivingWithin)
            {
                _memory.Fault($"the writer took {_memory.Acknowledged} rows so far and nothing new within {LivingWithin.TotalSeconds} s");
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private async Task KillAsync(Step step)
    {
        await LivingAsync();
        await _writer.KillAsync();
        if (step.Kind == StepKind.KillAndDamage
            && SegmentDamage.Strike(Path.Combine(_writer.Folder, "spool"), step.Chance, _writer.Finder, _struck) is { } damage)
        {
            _struck.Add(damage.File);
            _memory.Note(damage);
        }

        await StartAsync();
        if (step.Kind == StepKind.KillTwice)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(step.Chance % 900), TimeProvider.System);
            await _writer.KillAsync();
            await StartAsync();
        }
    }

    /// <summary>Rows show a moment after they are stored: what is missing gets that moment.</summary>
    private async Task<(IReadOnlyList<string> Findings, Evidence Evidence)> JudgeAsync()
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var evidence = new Evidence(await _writer.StoredAsync(_database), [.. Quarantined()]);
            List<string> findings = [.. Verdict.Of(_memory, evidence, _writer.IsBad, IsTold)];
            if (_way.Rewritten > 0)
            {
                findings.Add($"{_way.Rewritten} rows were sent again with other bytes than before");
            }

            if (findings.Count == 0 || TimeProvider.System.GetElapsedTime(began) > VisibleWithin)
            {
                return (findings, evidence);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }
    }

    private IEnumerable<(string, long)> Quarantined()
    {
        string folder = Path.Combine(_writer.Folder, "quarantine");
        foreach (string line in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.jsonl").SelectMany(File.ReadLines) : [])
        {
            if (Parsed(line) is { } bytes && _writer.Finder.Find(bytes).FirstOrDefault() is { Number: { } number } row)
            {
                yield return (row.Series, number);
            }
        }
    }

    /// <summary>A line that a kill cut off is written again whole.</summary>
    private static byte[]? Parsed(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(line).GetProperty("bytes").GetBytesFromBase64();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The log names the file, or says that records are missing, or what is left of the file was set aside.</summary>
    private bool IsTold(Damage damage)
    {
        string folder = Path.GetDirectoryName(damage.File)!;
        return _writer.Log.Contains(Path.GetFileName(damage.File), StringComparison.Ordinal)
            || _writer.Log.Contains($"{folder} lacks ", StringComparison.Ordinal)
            || Directory.GetFiles(folder, Path.GetFileName(damage.File) + "*.corrupt").Length > 0;
    }
}
