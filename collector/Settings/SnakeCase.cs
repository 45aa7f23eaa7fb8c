using System.Text;

namespace Collector.Settings;

/// <summary>C# names as they are written in YAML: <c>DropOldest</c> is <c>drop_oldest</c>, <c>HTTPPort</c> <c>http_port</c>.</summary>
internal static class SnakeCase
{
    public static string Of(string name)
    {
        var written = new StringBuilder(name.Length + 4);
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i])
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))))
            {
                written.Append('_');
            }

            written.Append(char.ToLowerInvariant(name[i]));
        }

        return written.ToString();
    }
}
