using Collector.Lines.Tables;

namespace Collector.Tests.Lines.Tables;

/// <summary>The repository's own schema files.</summary>
internal static class SchemaFiles
{
    public static string Root { get; } = FindRoot();

    public static string Folder { get; } = Path.Combine(Root, "schemas");

    public static TableCatalog Load()
    {
        var faults = new List<SchemaFault>();
        var catalog = TableCatalog.Load(Folder, faults);
        Assert.Empty(faults);
        return catalog;
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Collector.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("No folder above the tests holds Collector.sln.");
    }
}
