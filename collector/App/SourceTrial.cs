using Collector.Capabilities.Status;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Settings;
using Collector.Sources;

namespace Collector.App;

/// <summary>
/// Makes each source once, as it will be made, and lets it go again: so a table that is missing, or a map that does not fit its
/// table, is told with file and line before anything starts. To make a source opens no socket.
/// </summary>
internal sealed class SourceTrial(CollectorOptions options, TableCatalog tables, OptionsBinder binder)
{
    public void Run(IReadOnlyList<ConfiguredSource> sources)
    {
        foreach (ConfiguredSource source in sources)
        {
            // Options with faults are no options; those are told already.
            if (!binder.Faults.Any(fault => fault.Path.StartsWith(source.Path, StringComparison.Ordinal)))
            {
                Try(source.Path, () => (source.Kind.Create(source.Options, Context(source)) as IDisposable)?.Dispose());
            }
        }

        Try("schemas_dir", () => CollectorStatusSource.Tables(Context(CollectorStatusSource.SourceName, null, null)));
    }

    private void Try(string path, Action make)
    {
        try
        {
            make();
        }
        catch (SourceSetupException exception) when (!exception.IsOfThisMachine)
        {
            foreach (SetupFault fault in exception.Faults)
            {
                binder.Report(fault.Key.Length == 0 ? path : $"{path}.{fault.Key}", fault.Problem);
            }
        }
        catch (SourceSetupException)
        {
            // Told when it is to run: the file may be checked on another machine.
        }
    }

    private SourceContext Context(ConfiguredSource source) => Context(source.Name, source.Options.Host, source.Options.Env);

    private SourceContext Context(string name, string? host, string? env) =>
        new(name, host ?? options.HostName, env ?? options.Env, tables, TimeProvider.System, new NoMemory());

    private sealed class NoMemory : ISourceState
    {
        public string? Get(string key) => null;

        public IReadOnlyList<string> Keys(string prefix) => [];

        public void Set(string key, string value)
        {
            // Nothing is read, so there is nothing to remember.
        }

        public void Forget(string key)
        {
            // See above.
        }

        public void Save()
        {
            // See above.
        }
    }
}
