using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Demo;

/// <summary>demo/collector.yaml, for a test's own ports and folders.</summary>
internal static class DemoConfiguration
{
    /// <summary>Its sources.</summary>
    public static string Sources(int demoPort, string catalog)
    {
        string config = File.ReadAllText(RepositoryRoot.Combine("demo", "collector.yaml"));
        return config[config.IndexOf("\nsources:", StringComparison.Ordinal)..]
            .Replace("127.0.0.1:9470", $"127.0.0.1:{demoPort}", StringComparison.Ordinal)
            .Replace("../.run/catalog", catalog, StringComparison.Ordinal);
    }
}
