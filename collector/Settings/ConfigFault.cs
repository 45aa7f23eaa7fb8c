namespace Collector.Settings;

/// <summary>One thing wrong with the configuration: where it stands, under which key, and what to write instead.</summary>
/// <param name="File">The file as the user named it, or the environment variable that gave the value.</param>
/// <param name="Line">Counted from 1; 0 where there is none: a variable, or a file that cannot be read.</param>
/// <param name="Column">Counted from 1; 0 where there is none.</param>
/// <param name="Path">The key's path, such as <c>sources.daemon[0].interval</c>; empty for the file as a whole.</param>
/// <param name="Message">What is wrong and what was expected; never the text of a secret.</param>
public sealed record ConfigFault(string File, int Line, int Column, string Path, string Message)
{
    public override string ToString()
    {
        string place = Line > 0 ? $"{File}:{Line}:{Column}" : File;
        return Path.Length > 0 ? $"{place}: {Path}: {Message}" : $"{place}: {Message}";
    }
}
