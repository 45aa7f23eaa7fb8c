using Collector.Dashboards.Alerting;

namespace Collector.Dashboards;

/// <summary>A file of the repository that is made of the dashboards and alerts.</summary>
/// <param name="Path">From the repository's folder.</param>
internal sealed record GeneratedFile(string Path, string Text)
{
    private const string Dashboards = "monitoring/grafana/dashboards";
    private const string AlertsPage = "docs/alerts.md";

    /// <param name="root">The repository's folder.</param>
    public static IReadOnlyList<GeneratedFile> All(string root) =>
    [
        .. Catalog.All.Select(dashboard => new GeneratedFile($"{Dashboards}/{dashboard.Name}.json", dashboard.ToString())),
        new GeneratedFile("monitoring/grafana/provisioning/alerting/rules.yaml", RuleFile.Of(AlertCatalog.Groups)),
        new GeneratedFile(AlertsPage, AlertPage.Placed(File.ReadAllText(System.IO.Path.Combine(root, AlertsPage)), AlertPage.Table(AlertCatalog.All), AlertPage.Runbooks(AlertCatalog.All))),
    ];

    /// <summary>Paths of the files that are not as they would be made, those among them that would not be made any more.</summary>
    public static IReadOnlyList<string> Differing(string root)
    {
        IReadOnlyList<GeneratedFile> all = All(root);
        return [.. all.Where(file => !file.IsIn(root)).Select(file => file.Path), .. Left(root, all)];
    }

    /// <summary>Writes all, and deletes dashboards that are none any more.</summary>
    /// <returns>The paths of what was changed.</returns>
    public static IReadOnlyList<string> Write(string root)
    {
        IReadOnlyList<GeneratedFile> all = All(root);
        string[] changed = [.. all.Where(file => !file.IsIn(root)).Select(file => file.Path)];
        foreach (GeneratedFile file in all)
        {
            File.WriteAllText(System.IO.Path.Combine(root, file.Path), file.Text);
        }

        string[] left = [.. Left(root, all)];
        Array.ForEach(left, path => File.Delete(System.IO.Path.Combine(root, path)));
        return [.. changed, .. left];
    }

    private static IEnumerable<string> Left(string root, IReadOnlyList<GeneratedFile> all) =>
        Directory.EnumerateFiles(System.IO.Path.Combine(root, Dashboards), "*.json")
            .Select(path => $"{Dashboards}/{System.IO.Path.GetFileName(path)}")
            .Where(path => all.All(file => file.Path != path))
            .Order(StringComparer.Ordinal);

    private bool IsIn(string root)
    {
        string path = System.IO.Path.Combine(root, Path);
        return File.Exists(path) && File.ReadAllText(path) == Text;
    }
}
