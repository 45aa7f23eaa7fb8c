using System.Globalization;

namespace Collector.Settings;

/// <summary>The configuration as written, the variables merged over it, before it is bound to options.</summary>
public sealed class ConfigDocument(
    string file, ConfigNode? root, bool isComplete, FaultList faults, IReadOnlyDictionary<string, string> environment)
{
    /// <summary>The file as the user named it.</summary>
    public string File { get; } = file;

    /// <summary>Null when the file is empty: all defaults.</summary>
    public ConfigNode? Root { get; } = root;

    /// <summary>False after a syntax error: what stands before it is checked, but nothing is called missing.</summary>
    public bool IsComplete { get; } = isComplete;

    /// <summary>What was wrong with the text itself; <see cref="OptionsBinder"/> adds to a copy.</summary>
    public FaultList Faults { get; } = faults;

    public IReadOnlyDictionary<string, string> Environment { get; } = environment;

    /// <summary>A path written in the file, against the folder of the file.</summary>
    public string ResolvePath(string path) =>
        Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(File)) ?? Path.GetFullPath("."));

    /// <summary>Where the value of a path such as <c>sources.daemon[0].interval</c> is written, or what of it exists.</summary>
    public Origin Locate(string path)
    {
        Origin at = Origin.Top;
        ConfigNode? node = Root;
        foreach (string step in path.Replace("[", ".[", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (step[0] == '[')
            {
                if (node is not ConfigList list)
                {
                    continue; // A single section stands for a list of one.
                }

                if (!int.TryParse(step.Trim('[', ']'), CultureInfo.InvariantCulture, out int index) || index >= list.Items.Count)
                {
                    return at;
                }

                node = list.Items[index];
                at = node.Origin;
            }
            else if ((node as ConfigMap)?.Find(step) is { } entry)
            {
                node = entry.Value;
                at = node is ConfigScalar { IsNull: false } ? node.Origin : entry.At;
            }
            else
            {
                return at;
            }
        }

        return at;
    }
}
