using System.CommandLine;
using Collector.Lines.Tables;
using Collector.Sources;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Collector.Capabilities;

/// <summary>
/// Something that the collector can do besides carrying rows. It is a folder with all that belongs to it, and a line in
/// <see cref="CapabilityList"/>. Capabilities do not know each other: what one has to say to another is a row.
/// </summary>
public abstract class Capability
{
    /// <summary>Its sections of the configuration.</summary>
    public virtual IReadOnlyList<Section> Sections => [];

    /// <summary>Kinds of source that it brings along.</summary>
    public virtual IReadOnlyList<SourceKind> Sources => [];

    /// <summary>Its page, for the menu; null where it has none.</summary>
    public virtual PageLink? Page => null;

    /// <summary>What it keeps in <c>data_dir</c>: names of files and folders.</summary>
    public virtual IReadOnlyList<string> Files => [];

    /// <summary>Commands of the command line.</summary>
    public virtual IEnumerable<CapabilityCommand> Commands => [];

    /// <summary>Whether it runs as configured. Default: always.</summary>
    public virtual bool IsOn(SectionOptions options) => true;

    /// <summary>Takes in tables of its own, besides those of the schema folder.</summary>
    /// <param name="dataFolder">The folder <c>data_dir</c>, which need not be there.</param>
    public virtual void LoadTables(string dataFolder, TableCatalog tables, List<SchemaFault> faults)
    {
    }

    /// <summary>Registers what it is made of. Called only where it is on.</summary>
    public virtual void AddServices(IServiceCollection services, SectionOptions options)
    {
    }

    /// <summary>Adds its endpoints to the listener of the page, behind its token. Called only where it is on.</summary>
    public virtual void Map(IEndpointRouteBuilder endpoints, IServiceProvider services)
    {
    }

    /// <summary>What <c>collector doctor</c> looks at. Changes nothing and runs beside a live collector. Called only where it is on.</summary>
    public virtual IAsyncEnumerable<Finding> ExamineAsync(Installation installation, SectionOptions options, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<Finding>();
}

/// <summary>A section of the configuration.</summary>
/// <param name="Key">Its key at the top level.</param>
/// <param name="Options">The record that it is bound to, which has defaults for all its keys.</param>
public sealed record Section(string Key, Type Options)
{
    public static Section Of<TOptions>(string key)
        where TOptions : class, new() => new(key, typeof(TOptions));
}

/// <summary>The sections of all capabilities as configured.</summary>
public sealed class SectionOptions(IEnumerable<object> all)
{
    private readonly Dictionary<Type, object> _all = all.ToDictionary(options => options.GetType());

    public T Of<T>()
        where T : class => (T)_all[typeof(T)];

    public object Of(Section section) => _all[section.Options];
}

/// <summary>A page of the menu.</summary>
/// <param name="Path">Where it is: <c>/tasks</c>.</param>
/// <param name="Title">What the menu calls it.</param>
public sealed record PageLink(string Path, string Title);

/// <summary>A command that acts on the configuration.</summary>
/// <param name="Run">Does it, and returns the exit code.</param>
public sealed record CapabilityCommand(Command Command, Func<Installation, SectionOptions, ParseResult, CancellationToken, Task<int>> Run);

/// <summary>Which collector this is, and where it is at home.</summary>
/// <param name="Name">Its name in its own rows.</param>
/// <param name="Host">This machine's name in rows.</param>
/// <param name="Env">The environment in rows.</param>
/// <param name="DataFolder">The folder <c>data_dir</c>.</param>
public sealed record Installation(string Name, string Host, string Env, string DataFolder)
{
    /// <summary>A file or folder in <see cref="DataFolder"/>.</summary>
    public string PathOf(string name) => Path.Combine(DataFolder, name);
}
