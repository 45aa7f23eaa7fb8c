using System.Runtime.CompilerServices;
using Collector.Capabilities;
using Collector.Pipe.Spool;
using Collector.Stores;

namespace Collector.App.Doctor;

/// <summary>
/// All checks, in the order in which a collector would meet what they look at. None of them changes anything that lasts, and
/// none takes the spool's lock: they run beside a live collector.
/// </summary>
internal static class Examination
{
    public static async IAsyncEnumerable<Finding> RunAsync(
        CollectorConfig config, bool withSources, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        CollectorOptions options = config.Options;
        foreach (Finding finding in Configuration(config).Concat(FolderChecks.Run(config)).Concat(DiskChecks.Run(options, new SpoolDisk())).Concat(CertificateChecks.Run(config.Options.Http.Tls, config.Gateway?.Tls, clock.GetUtcNow())))
        {
            yield return finding;
        }

        var holder = SpoolHolder.Find(options.Spool.Directory);
        yield return ListenerChecks.Spool(options.Spool.Directory, holder);
        yield return await ListenerChecks.RunAsync("http.listen", options.Http, holder, cancellationToken);
        if (config.Gateway is { } gateway)
        {
            yield return await ListenerChecks.GatewayAsync("gateway.listen", gateway.Listen, holder, cancellationToken);
        }

        IAsyncEnumerable<Finding> store = options.Store.Type == StoreType.Questdb
            ? QuestDbChecks.RunAsync(options.Store.QuestDb, config.Tables, clock, cancellationToken)
            : SqliteChecks.RunAsync(options.Store.Sqlite, config.Tables, clock, cancellationToken);
        await foreach (Finding finding in store)
        {
            yield return finding;
        }

        foreach (Capability capability in config.Capabilities)
        {
            await foreach (Finding finding in capability.ExamineAsync(config.Installation, config.Sections, cancellationToken))
            {
                yield return finding;
            }
        }

        if (withSources)
        {
            await foreach (Finding finding in SourceChecks.RunAsync(config.Sources, cancellationToken))
            {
                yield return finding;
            }
        }
    }

    /// <summary>That it has no faults is what let the command begin.</summary>
    private static IEnumerable<Finding> Configuration(CollectorConfig config)
    {
        yield return Finding.Ok("configuration", $"no faults; {config.Sources.Count} sources, {config.Tables.Count} tables, store {config.Options.Store.Type.ToString().ToLowerInvariant()}");
        foreach (string warning in config.Tables.Select(table => table.Warning).OfType<string>())
        {
            yield return Finding.Warn("configuration", warning, "name keys that tell its rows apart in its schema file (DEDUP UPSERT KEYS)");
        }
    }
}
