using Collector.Settings;

namespace Collector.Tests.Settings;

/// <summary>A text bound to the sample options the way the composition root does it.</summary>
internal sealed record Bound(SampleOptions Options, IReadOnlyList<TypedSection> Sources, IReadOnlyList<ConfigFault> Faults)
{
    public static IReadOnlyDictionary<string, Type> Types { get; } = new Dictionary<string, Type>(StringComparer.Ordinal)
    {
        ["host"] = typeof(SampleHost),
        ["daemon"] = typeof(SampleDaemon),
    };

    public IEnumerable<string> Texts => Faults.Select(fault => fault.ToString());

    public static Bound Of(string text, params (string Name, string Value)[] environment) =>
        Of(ConfigFile.Parse(text, "collector.yaml", Variables(environment)));

    public static Bound Of(ConfigDocument document)
    {
        var binder = new OptionsBinder(document);
        SampleOptions options = binder.Bind<SampleOptions>("sources");
        IReadOnlyList<TypedSection> sources = binder.BindTyped("sources", Types);
        return new Bound(options, sources, binder.Faults);
    }

    public static Dictionary<string, string> Variables(params (string Name, string Value)[] variables) =>
        variables.ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal);

    /// <summary>The only target of a text that has no faults.</summary>
    public static SampleTarget Target(string line)
    {
        Bound bound = Of($"targets:\n  name: a\n  {line}\n");
        Assert.Empty(bound.Texts);
        return Assert.Single(bound.Options.Targets);
    }

    /// <summary>The only fault of a target that is otherwise right; the line stands in line 3.</summary>
    public static string TargetFault(string line) => Assert.Single(Of($"targets:\n  name: a\n  {line}\n").Texts);
}
