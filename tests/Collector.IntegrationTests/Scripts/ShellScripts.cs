using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Scripts;

/// <summary>The repository's shell scripts and how tests run them.</summary>
internal static class ShellScripts
{
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    public static string[] All =>
    [
        .. Directory.GetFiles(RepositoryRoot.Combine("scripts"), "*.sh", SearchOption.AllDirectories).Order(StringComparer.Ordinal),
        RepositoryRoot.Combine(".ci", "run"),
    ];

    /// <summary>The scripts that run in other people's images, whose shell is not bash.</summary>
    public static string[] Posix =>
        [.. Directory.GetFiles(RepositoryRoot.Combine("monitoring"), "*.sh", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    /// <summary>The YAML files that belong to the repository, not those of build output and local state.</summary>
    public static string[] Yaml =>
    [
        .. Directory.EnumerateFiles(RepositoryRoot.Path, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".yaml" or ".yml")
            .Where(file => !Path.GetRelativePath(RepositoryRoot.Path, file).Split(Path.DirectorySeparatorChar)
                .Any(folder => folder is "bin" or "obj" or "data" or ".run" or ".git" or "TestResults"))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The program is on the PATH.</summary>
    public static bool Has(string program) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Where a program is that is on the PATH.</summary>
    public static string Find(string program) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, program)).First(File.Exists);

    /// <summary>Fills a folder with links to the programs that the scripts use, to be the whole PATH: no dotnet among them.</summary>
    public static void LinkTools(string folder)
    {
        string[] tools =
        [
            "bash", "sh", "env", "dirname", "basename", "cat", "mkdir", "rm", "mktemp", "sed", "awk", "grep", "tail", "head",
            "tr", "sleep", "timeout",
        ];
        foreach (string tool in tools)
        {
            File.CreateSymbolicLink(Path.Combine(folder, tool), Find(tool));
        }
    }

    /// <summary>Fills a folder with BusyBox's tools, to be the whole PATH: what the images of Grafana and Prometheus have.</summary>
    public static string LinkBusyBox(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (string tool in (string[])["sh", "awk", "sed", "cat", "cp", "mkdir", "rm", "dirname", "base64", "tr", "nc", "head"])
        {
            File.CreateSymbolicLink(Path.Combine(folder, tool), Find("busybox"));
        }

        return folder;
    }

    /// <summary>Writes an executable script in the place of a program.</summary>
    public static void WriteProgram(string path, string body)
    {
        File.WriteAllText(path, $"#!/usr/bin/env bash\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
