using FsCheck.Xunit;

namespace Collector.Testing;

/// <summary>A property over so many random histories; over forty times as many in the long run (<c>COLLECTOR_TESTS_LONG=1</c>).</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HistoriesAttribute : PropertyAttribute
{
    public HistoriesAttribute(int count) =>
        MaxTest = Environment.GetEnvironmentVariable("COLLECTOR_TESTS_LONG") == "1" ? 40 * count : count;
}
