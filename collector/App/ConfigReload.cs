using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Collector.Capabilities;
using Collector.Lines.Tables;
using Collector.Settings;
using Collector.Sources;
using Collector.Sources.Running;
using Collector.Web.Listeners;
using Microsoft.Extensions.Logging;

namespace Collector.App;

/// <summary>What became of a reload. The values are the label <c>result</c> of <c>collector_config_reloads_total</c>: never renamed.</summary>
internal enum ReloadResult
{
    /// <summary>What the file says is what runs.</summary>
    Applied,

    /// <summary>The sources are those of the file; of other settings some wait for a restart.</summary>
    Partial,

    /// <summary>The configuration has faults; nothing was changed.</summary>
    Refused,
}

/// <summary>
/// Reads the configuration anew on SIGHUP. Sources, <c>name</c>, <c>host</c>, <c>env</c> and <c>status_interval</c> change while the
/// collector runs; a new schema file is taken in, and a certificate whose files changed. Whatever else has changed is named, since it needs a restart.
/// </summary>
internal sealed partial class ConfigReload : IStage, IDisposable
{
    private readonly Channel<bool> _asked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CollectorConfig _config;
    private readonly SourceFleet _sources;
    private readonly SourcePlan _plan;
    private readonly ServerCertificates _certificates;
    private readonly TimeProvider _clock;
    private readonly ILogger<ConfigReload> _logger;
    private readonly Counter<long> _reloads;
    private readonly CancellationTokenSource _stopping = new();
    private PosixSignalRegistration? _signal;
    private Task _following = Task.CompletedTask;
    private CollectorOptions _running;
    private long _appliedAtMs;

    public ConfigReload(CollectorConfig config, SourceFleet sources, SourcePlan plan, ServerCertificates certificates, Meter meter, TimeProvider clock, ILogger<ConfigReload> logger)
    {
        (_config, _sources, _plan, _certificates, _clock, _logger, _running, _appliedAtMs) =
            (config, sources, plan, certificates, clock, logger, config.Options, clock.GetUtcNow().ToUnixTimeMilliseconds());
        _reloads = meter.CreateCounter<long>("collector_config_reloads_total", null, "Reloads of the configuration that were asked for, by result.");
        meter.CreateObservableGauge(
            "collector_config_last_success_timestamp_seconds", () => Volatile.Read(ref _appliedAtMs) / 1000.0, "s",
            "When the configuration that runs was read, since 1970: at the start, or at the last reload that was not refused.");
        foreach (ReloadResult result in Enum.GetValues<ReloadResult>())
        {
            Count(result, 0);
        }
    }

    public Stage Stage => Stage.Follow;

    public void Start()
    {
        // On Windows it would be the window that closes.
        _signal = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, Ask);
        _following = Task.Run(() => FollowAsync(_stopping.Token), CancellationToken.None);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _following;
    }

    public void Dispose()
    {
        _signal?.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Reloads whenever it is asked to, until it is to stop. Asked again meanwhile, it does so once more.</summary>
    private async Task FollowAsync(CancellationToken stopping)
    {
        try
        {
            while (await _asked.Reader.ReadAsync(stopping))
            {
                Count(await ReloadAsync(stopping), 1);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The collector stops.
        }
    }

    private void Ask(PosixSignalContext signal)
    {
        signal.Cancel = true; // else it ends the process
        _asked.Writer.TryWrite(true);
    }

    private async Task<ReloadResult> ReloadAsync(CancellationToken stopping)
    {
        try
        {
            CollectorConfig next = _config.Reload();
            return next.Faults.Count > 0 ? Refuse(next.Faults) : await ApplyAsync(next, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is SourceSetupException or IOException or UnauthorizedAccessException)
        {
            return Refuse([exception.Message]);
        }
#pragma warning disable CA1031 // A fault of a reload must not end the collector that runs.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFault(exception);
            return ReloadResult.Refused;
        }
    }

    private async Task<ReloadResult> ApplyAsync(CollectorConfig next, CancellationToken stopping)
    {
        CollectorOptions applied = _running with
        {
            Name = next.Options.Name,
            Host = next.Options.Host,
            Env = next.Options.Env,
            StatusInterval = next.Options.StatusInterval,
        };
        _certificates.Look();
        string[] restart =
        [
            .. OptionsDifference.Between(applied, next.Options),
            .. _config.All.SelectMany(capability => capability.Sections).SelectMany(section => OptionsDifference.Between(_config.Sections.Of(section), next.Sections.Of(section), section.Key)),
            .. TakeTables(next),
        ];
        Array.ForEach(restart, LogNeedsRestart);
        FleetChange change = await _sources.ChangeAsync(_plan.Of(applied, next.Sources), stopping);
        _running = applied;
        Volatile.Write(ref _appliedAtMs, _clock.GetUtcNow().ToUnixTimeMilliseconds());
        LogApplied(change.ToString(), next.Sources.Count);
        return restart.Length == 0 ? ReloadResult.Applied : ReloadResult.Partial;
    }

    /// <summary>Takes in tables that are new.</summary>
    /// <returns>The files of those that are other ones now, or gone; none where other folders are to be read, which is told already.</returns>
    private IEnumerable<string> TakeTables(CollectorConfig next)
    {
        if (next.Options.SchemasDir != _running.SchemasDir || next.Options.DataDir != _running.DataDir)
        {
            return [];
        }

        foreach (Table table in next.Tables.Where(table => !_config.Tables.TryGet(table.Name, out _)))
        {
            _config.Tables.Put(table);
            LogTable(table.Name);
        }

        return _config.Tables.Where(table => IsOther(table, next.Tables)).Select(table => Path.Combine(_running.SchemasDir, $"{table.Name}.sql"));
    }

    /// <summary>Tables that the gateway made are its own affair, until there is a schema file for one.</summary>
    private static bool IsOther(Table running, TableCatalog next) => next.TryGet(running.Name, out Table? table)
        ? !table.IsSame(running) && !(table.IsMade && running.IsMade)
        : !running.IsMade;

    private ReloadResult Refuse(IReadOnlyList<string> faults)
    {
        foreach (string fault in faults)
        {
            LogFaulty(fault);
        }

        LogRefused(faults.Count);
        return ReloadResult.Refused;
    }

    private void Count(ReloadResult result, long by) =>
        _reloads.Add(by, new KeyValuePair<string, object?>("result", result.ToString().ToLowerInvariant()));

    [LoggerMessage(9004, LogLevel.Information, "The configuration was reloaded: {Change}; {Count} sources are watched")]
    private partial void LogApplied(string change, int count);

    [LoggerMessage(9005, LogLevel.Warning, "The configuration changed in what needs a restart, until which the old value counts: {Key}")]
    private partial void LogNeedsRestart(string key);

    [LoggerMessage(9006, LogLevel.Error, "The configuration has a fault: {Fault}")]
    private partial void LogFaulty(string fault);

    [LoggerMessage(9007, LogLevel.Error, "The configuration was not reloaded, for {Count} faults; the old one stays. Mend it, and send SIGHUP again")]
    private partial void LogRefused(int count);

    [LoggerMessage(9008, LogLevel.Information, "The schema file of {Table} is new, and was taken in")]
    private partial void LogTable(string table);

    [LoggerMessage(9009, LogLevel.Error, "The configuration was not reloaded, by a fault of the collector; please report it")]
    private partial void LogFault(Exception exception);
}
