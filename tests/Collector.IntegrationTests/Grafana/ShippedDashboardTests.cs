using Collector.Dashboards;
using Collector.IntegrationTests.Support;
using Collector.Testing;

namespace Collector.IntegrationTests.Grafana;

/// <summary>The files of the dashboards as they are shipped.</summary>
public sealed class ShippedDashboardTests
{
    public static TheoryData<string> Names => [.. Catalog.All.Select(dashboard => dashboard.Name)];

    /// <summary>The dashboards, the alert rules, and what docs/alerts.md has of them. UPDATE_DOCS=1 writes the files instead of comparing them.</summary>
    [SkippableFact]
    public void Files_MadeOfTheCatalogs_AreUpToDate()
    {
        if (GeneratedFiles.AreWanted)
        {
            GeneratedFile.Write(RepositoryRoot.Path);
            GeneratedFiles.Written("monitoring/grafana");
        }

        IReadOnlyList<string> differing = GeneratedFile.Differing(RepositoryRoot.Path);
        Assert.True(differing.Count == 0, $"{string.Join(", ", differing)}: not what monitoring/grafana/source says; dotnet run --project monitoring/grafana/source writes them");
        Assert.Equal(Catalog.All.Select(dashboard => dashboard.Name).Order(StringComparer.Ordinal), DashboardFile.All().Select(file => file.Name));
    }

    [Fact]
    public async Task Check_OfTheGenerator_NamesAFileThatDiffersAndWritesNothing()
    {
        using var copy = new TemporaryFolder();
        Directory.CreateDirectory(copy.Combine("monitoring", "grafana", "dashboards"));
        Directory.CreateDirectory(copy.Combine("monitoring", "grafana", "provisioning", "alerting"));
        Directory.CreateDirectory(copy.Combine("docs"));
        File.Copy(RepositoryRoot.Combine("docs", "alerts.md"), copy.Combine("docs", "alerts.md"));
        int all = GeneratedFile.Write(copy.Path).Count;
        await File.WriteAllTextAsync(copy.Combine("monitoring", "grafana", "dashboards", "gone.json"), "{}");
        await File.AppendAllTextAsync(copy.Combine("monitoring", "grafana", "provisioning", "alerting", "rules.yaml"), "# by hand\n");

        Assert.Equal(["monitoring/grafana/provisioning/alerting/rules.yaml", "monitoring/grafana/dashboards/gone.json"], GeneratedFile.Differing(copy.Path));
        Assert.Equal(Catalog.All.Length + 1, all); // docs/alerts.md was there
        Assert.Equal(2, GeneratedFile.Write(copy.Path).Count);
        Assert.Empty(GeneratedFile.Differing(copy.Path));
        await using ChildProcess check = await ChildProcess.RunAsync("dotnet", [RepositoryRoot.Program("monitoring/grafana/source", "Dashboards"), "--check"], TimeSpan.FromSeconds(30));
        Assert.Equal((0, "All files are as they would be written."), (check.ExitCode, check.Output));
        await using ChildProcess wrong = await ChildProcess.RunAsync("dotnet", [RepositoryRoot.Program("monitoring/grafana/source", "Dashboards"), "--chek"], TimeSpan.FromSeconds(30));
        Assert.Equal(2, wrong.ExitCode);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void File_ByTheRules_HasNoFault(string name)
    {
        IReadOnlyList<DashboardFile> all = DashboardFile.All();

        Assert.Empty(DashboardRules.Faults(all.First(file => file.Name == name), all));
    }
}
