using Collector.Dashboards;

namespace Collector.IntegrationTests.Grafana;

/// <summary>The files of the dashboards as they are shipped.</summary>
public sealed class ShippedDashboardTests
{
    public static TheoryData<string> Names => [.. Catalog.All.Select(dashboard => dashboard.Name)];

    /// <summary>UPDATE_DOCS=1 writes the files anew instead of comparing them.</summary>
    [Fact]
    public void Files_OfTheCatalog_AreUpToDate()
    {
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            foreach (string old in Directory.EnumerateFiles(DashboardFile.Folder, "*.json"))
            {
                File.Delete(old);
            }

            foreach (Dashboard dashboard in Catalog.All)
            {
                File.WriteAllText(Path.Combine(DashboardFile.Folder, dashboard.Name + ".json"), dashboard.ToString());
            }
        }

        Assert.Equal(Catalog.All.Select(dashboard => dashboard.Name).Order(StringComparer.Ordinal), DashboardFile.All().Select(file => file.Name));
        Assert.All(Catalog.All, dashboard => Assert.True(
            dashboard.ToString() == File.ReadAllText(Path.Combine(DashboardFile.Folder, dashboard.Name + ".json")),
            $"{dashboard.Name}.json is not what monitoring/grafana/source says; run the tests once with UPDATE_DOCS=1"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void File_ByTheRules_HasNoFault(string name)
    {
        IReadOnlyList<DashboardFile> all = DashboardFile.All();

        Assert.Empty(DashboardRules.Faults(all.First(file => file.Name == name), all));
    }
}
