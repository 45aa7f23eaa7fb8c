namespace Collector.Capabilities.Status;

/// <summary>A name as one word of a POSIX shell: table names come from clients, and commands are pasted.</summary>
internal static class ShellWord
{
    public static string Of(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-') && name[0] != '-'
        ? name
        : $"'{name.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
