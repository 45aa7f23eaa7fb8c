namespace Collector.Settings;

/// <summary>
/// Reads a secret that is written as itself, as <c>file:/path</c>, or as <c>env:NAME</c>. The problems name the file or the
/// variable, never the text.
/// </summary>
internal static class SecretReader
{
    public const string Expected = "write the secret, file:/path/to/it or env:NAME_OF_A_VARIABLE";
    private const int MaxBytes = 64 * 1024;
    private const int MaxVariableName = 128;
    private const string FilePrefix = "file:";
    private const string EnvironmentPrefix = "env:";

    public static Parsed Read(string written, ConfigDocument document)
    {
        if (written.StartsWith(FilePrefix, StringComparison.Ordinal))
        {
            return FromFile(written[FilePrefix.Length..], document);
        }

        if (written.StartsWith(EnvironmentPrefix, StringComparison.Ordinal))
        {
            return FromEnvironment(written[EnvironmentPrefix.Length..], document);
        }

        return written.Length == 0 ? Parsed.Wrong("is empty") : Parsed.Right(new Secret(written));
    }

    private static Parsed FromFile(string path, ConfigDocument document)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            return Parsed.Wrong("has no path after file:");
        }

        try
        {
            var file = new FileInfo(document.ResolvePath(path));
            if (!file.Exists)
            {
                return Parsed.Wrong($"is to come from the file {path}, and there is no such file");
            }

            if (file.Length > MaxBytes)
            {
                return Parsed.Wrong($"is to come from the file {path}, which is longer than {MaxBytes} bytes");
            }

            string text = File.ReadAllText(file.FullName);
            text = text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
            return text.Length == 0
                ? Parsed.Wrong($"is to come from the file {path}, which is empty")
                : Parsed.Right(new Secret(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Parsed.Wrong($"is to come from the file {path}, which cannot be read ({e.GetType().Name})");
        }
    }

    private static Parsed FromEnvironment(string name, ConfigDocument document)
    {
        // A password may itself begin with "env:"; only what can be a variable's name is printed.
        if (!IsVariableName(name))
        {
            return Parsed.Wrong("has no variable name after env:");
        }

        if (!document.Environment.TryGetValue(name, out string? text))
        {
            return Parsed.Wrong($"is to come from the environment variable {name}, which is not set");
        }

        return text.Length == 0
            ? Parsed.Wrong($"is to come from the environment variable {name}, which is empty")
            : Parsed.Right(new Secret(text));
    }

    private static bool IsVariableName(string name) =>
        name.Length is > 0 and <= MaxVariableName && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
