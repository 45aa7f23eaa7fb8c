namespace Collector.Settings;

/// <summary>Options that name files.</summary>
public interface IFileOptions
{
    /// <summary>The same with paths that can be opened: those in the file count from the folder that it is in.</summary>
    /// <param name="path">A path as it can be opened.</param>
    object Resolved(Func<string, string> path);

    /// <summary>What is wrong with the files. Called once the paths can be opened.</summary>
    /// <returns>The key to blame, relative to this section, and the problem, worded to follow it.</returns>
    IEnumerable<(string Key, string Problem)> FileFaults();
}
