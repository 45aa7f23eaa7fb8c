using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Collector.Settings;

/// <summary>The summaries of properties and types from the documentation file that the compiler puts beside an assembly.</summary>
internal static class XmlSummaries
{
    private static readonly ConcurrentDictionary<Assembly, Dictionary<string, string>> Read = new();

    /// <summary>Null when there is no file or no summary.</summary>
    public static string? Of(PropertyInfo property) => Find(property.DeclaringType!, $"P:{Name(property.DeclaringType!)}.{property.Name}");

    public static string? Of(Type type) => Find(type, $"T:{Name(type)}");

    private static string? Find(Type type, string member) => Read.GetOrAdd(type.Assembly, Load).GetValueOrDefault(member);

    private static string Name(Type type) => type.FullName!.Replace('+', '.');

    private static Dictionary<string, string> Load(Assembly assembly)
    {
        string file = Path.ChangeExtension(assembly.Location, ".xml");
        if (!File.Exists(file))
        {
            return [];
        }

        try
        {
            return XDocument.Load(file).Descendants("member")
                .Where(member => member.Attribute("name") is not null && member.Element("summary") is not null)
                .GroupBy(member => member.Attribute("name")!.Value, StringComparer.Ordinal)
                .ToDictionary(members => members.Key, members => Plain(members.First().Element("summary")!), StringComparer.Ordinal);
        }
        catch (XmlException)
        {
            return []; // Descriptions are a comfort of the editor; the schema is right without them.
        }
    }

    private static string Plain(XElement summary)
    {
        var text = new StringBuilder();
        foreach (XNode node in summary.DescendantNodes())
        {
            if (node is XText written)
            {
                text.Append(written.Value);
            }
            else if (node is XElement element && element.Attribute("cref")?.Value is { } reference && element.IsEmpty)
            {
                text.Append(reference[(reference.LastIndexOfAny(['.', ':']) + 1)..]);
            }
        }

        return string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
