using System.Globalization;

namespace Collector.Benchmarks.Support;

/// <summary>The command line behind the name of a part: <c>--name value</c> pairs, and <c>--name</c> alone for yes.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">A word that is no option.</exception>
    public Arguments(ReadOnlySpan<string> words)
    {
        for (int i = 0; i < words.Length; i++)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal))
            {
                throw new ArgumentException($"'{words[i]}' is no option.");
            }

            bool hasValue = i + 1 < words.Length && !words[i + 1].StartsWith("--", StringComparison.Ordinal);
            _values[words[i][2..]] = hasValue ? words[++i] : "yes";
        }
    }

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public string Required(string name) => Text(name) ?? throw new ArgumentException($"--{name} is missing.");

    public bool Has(string name) => _values.ContainsKey(name);

    public long Number(string name, long otherwise) =>
        Text(name) is { } text ? long.Parse(text, NumberStyles.Integer, CultureInfo.InvariantCulture) : otherwise;
}
