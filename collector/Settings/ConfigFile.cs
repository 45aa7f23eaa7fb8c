using System.Text;

namespace Collector.Settings;

/// <summary>Reads the one YAML file and the variables that override it. Nothing here throws for what a user can write.</summary>
public static class ConfigFile
{
    /// <summary>The longest file that is read; a longer one is not a configuration.</summary>
    public const int MaxBytes = 1 << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static ConfigDocument Read(string path, IReadOnlyDictionary<string, string> environment)
    {
        var faults = new FaultList(path);
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes } file)
            {
                return Unreadable($"is {file.Length} bytes long; a configuration has at most {MaxBytes}");
            }

            return Compose(File.ReadAllText(path, Strict), path, faults, environment);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Unreadable("there is no such file");
        }
        catch (DecoderFallbackException)
        {
            return Unreadable("is not UTF-8 text");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unreadable($"cannot be read: {e.Message}");
        }

        ConfigDocument Unreadable(string problem)
        {
            faults.Add(Origin.File, "", problem);
            return new ConfigDocument(path, EnvironmentOverrides.Apply(null, environment, faults), false, faults, environment);
        }
    }

    /// <summary>The same for a text that is already in hand.</summary>
    /// <param name="text">The YAML text.</param>
    /// <param name="file">The name that faults give; relative paths are resolved against its folder.</param>
    /// <param name="environment">The variables to override with and to read <c>env:</c> secrets from.</param>
    public static ConfigDocument Parse(string text, string file, IReadOnlyDictionary<string, string> environment) =>
        Compose(text, file, new FaultList(file), environment);

    private static ConfigDocument Compose(
        string text, string file, FaultList faults, IReadOnlyDictionary<string, string> environment)
    {
        var composer = new YamlComposer(text, faults);
        ConfigNode? root = composer.Compose();
        if (root is not null and not ConfigMap)
        {
            faults.Add(root.Origin, "", $"is {root.Noun}, where the file must be keys with values, such as 'store: …'");
            root = null;
        }

        return new ConfigDocument(
            file, EnvironmentOverrides.Apply(root, environment, faults), composer.IsComplete, faults, environment);
    }
}
