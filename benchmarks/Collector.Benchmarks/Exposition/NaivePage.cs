using System.Globalization;
using System.Text;

namespace Collector.Benchmarks.Exposition;

/// <summary>
/// The baseline: what one writes first. A StringBuilder, labels escaped anew for each sample, and the page encoded at the
/// end. It is nobody's library, and stands for none.
/// </summary>
internal static class NaivePage
{
    public static byte[] Render(IEnumerable<(string Name, string Help, IEnumerable<((string Name, string Value)[] Labels, double Value)> Samples)> families)
    {
        var page = new StringBuilder();
        foreach ((string name, string help, IEnumerable<((string, string)[], double)> samples) in families)
        {
            page.Append($"# HELP {name} {help}\n# TYPE {name} gauge\n");
            foreach (((string Name, string Value)[] labels, double value) in samples)
            {
                page.Append(name).Append('{');
                for (int i = 0; i < labels.Length; i++)
                {
                    page.Append(i > 0 ? "," : "").Append(labels[i].Name).Append("=\"").Append(Escape(labels[i].Value)).Append('"');
                }

                page.Append("} ").Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
            }
        }

        return Encoding.UTF8.GetBytes(page.ToString());
    }

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
