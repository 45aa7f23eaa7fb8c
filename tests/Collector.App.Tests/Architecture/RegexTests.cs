using System.Reflection;
using System.Text.RegularExpressions;

namespace Collector.Tests.App.Architecture;

/// <summary>Text of ours is parsed without a clock: on a starved machine a time-out fires over a file of ten lines, and the collector falls at its start.</summary>
public sealed class RegexTests
{
    private const BindingFlags Any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    [Fact]
    public void Patterns_OfTheProgram_HaveNoTimeOut()
    {
        Type[] types =
        [
            .. Directory.GetFiles(AppContext.BaseDirectory, "*ollector*.dll")
                .Where(file => !Path.GetFileName(file).Contains("Test", StringComparison.Ordinal))
                .SelectMany(file => Assembly.Load(Path.GetFileNameWithoutExtension(file)).GetTypes()),
        ];
        string[] generated =
        [
            .. types.SelectMany(type => type.GetMembers(Any))
                .Where(member => member.GetCustomAttribute<GeneratedRegexAttribute>() is { } pattern && pattern.MatchTimeoutMilliseconds != Timeout.Infinite)
                .Select(member => $"{member.DeclaringType}.{member.Name}"),
        ];
        FieldInfo[] fields = [.. types.Where(type => !type.ContainsGenericParameters).SelectMany(type => type.GetFields(Any)).Where(field => field.IsStatic && field.FieldType == typeof(Regex))];
        string[] kept = [.. fields.Where(field => ((Regex)field.GetValue(null)!).MatchTimeout != Regex.InfiniteMatchTimeout).Select(field => $"{field.DeclaringType}.{field.Name}")];

        Assert.Empty(generated.Concat(kept));
        Assert.NotEmpty(fields); // else the check could not fail
    }
}
