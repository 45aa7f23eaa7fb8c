using Collector.Dashboards;

const string Usage = """
    Writes Grafana's dashboards, its alert rules and the parts of docs/alerts.md that are made of them.

    Usage: dotnet run --project monitoring/grafana/source [-- --check]

      --check   writes nothing, and names the files that are not as they would be written
      --help

    Exit codes: 0 written, or all is as it would be; 1 with --check, some differ; 2 bad command line, or not within the repository.
    """;

if (args is ["--help" or "-h"])
{
    Console.WriteLine(Usage);
    return 0;
}

if (args is not ([] or ["--check"]))
{
    Console.Error.WriteLine(Usage);
    return 2;
}

string? root = AppContext.BaseDirectory;
while (root is not null && !File.Exists(Path.Combine(root, "Collector.sln")))
{
    root = Path.GetDirectoryName(root);
}

if (root is null)
{
    Console.Error.WriteLine($"No folder above {AppContext.BaseDirectory} holds Collector.sln.");
    return 2;
}

bool isCheck = args.Length > 0;
IReadOnlyList<string> paths = isCheck ? GeneratedFile.Differing(root) : GeneratedFile.Write(root);
foreach (string path in paths)
{
    Console.WriteLine(path);
}

Console.WriteLine(paths.Count == 0 ? "All files are as they would be written." : $"{paths.Count} {(isCheck ? "differ; run without --check to write them." : "written.")}");
return isCheck && paths.Count > 0 ? 1 : 0;
