using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Collector.Settings;

/// <summary>
/// Builds nodes from YAML events. The library's own node model throws at the first duplicate key and drops the whole
/// document at a syntax error; this one notes the fault and keeps what was read before it.
/// </summary>
internal sealed class YamlComposer(string text, FaultList faults)
{
    private const int MaxDepth = 64;
    private const int MaxNodes = 100_000; // An alias of aliases can name billions of nodes in a few lines.

    private readonly Parser _parser = new(new StringReader(text));
    private readonly Dictionary<string, ConfigNode> _anchors = new(StringComparer.Ordinal);
    private int _nodes;
    private int _depth;

    public bool IsComplete { get; private set; } = true;

    public ConfigNode? Compose()
    {
        ConfigNode? root = null;
        int documents = 0;
        while (Next() is { } read)
        {
            if (read is DocumentStart && ++documents == 2)
            {
                Stop(At(read), "a second document starts here; a configuration is one document");
            }
            else if (read is NodeEvent or AnchorAlias)
            {
                root = ComposeNode(read);
            }
        }

        return root is ConfigScalar { IsNull: true } ? null : root;
    }

    private static Origin At(ParsingEvent read) => new((int)read.Start.Line, (int)read.Start.Column);

    /// <summary>The next event; null at the end of the text, and for ever after a syntax error.</summary>
    private ParsingEvent? Next()
    {
        if (!IsComplete)
        {
            return null;
        }

        try
        {
            return _parser.MoveNext() ? _parser.Current : null;
        }
        catch (Exception e) when (e is YamlException or InvalidOperationException or ArgumentException)
        {
            // The scanner throws InvalidOperationException at some brackets that are left open.
            (Origin at, string? problem) = YamlSyntax.Explain(e, _parser.Current is { } last ? At(last) : Origin.Top, text);
            Stop(at, problem);
            return null;
        }
    }

    private void Stop(Origin at, string problem)
    {
        faults.Add(at, "", problem);
        IsComplete = false;
    }

    private ConfigNode? ComposeNode(ParsingEvent start)
    {
        if (++_depth > MaxDepth)
        {
            Stop(At(start), $"is nested deeper than {MaxDepth} levels");
        }

        ConfigNode? node = !IsComplete ? null : start switch
        {
            AnchorAlias alias => Resolve(alias),
            MappingStart => ComposeMap(At(start)),
            SequenceStart => ComposeList(At(start)),
            Scalar scalar => new ConfigScalar(At(start), scalar.Value, IsNull(scalar)),
            _ => null,
        };
        _depth--;
        if (node is null)
        {
            return null;
        }

        _nodes += start is AnchorAlias ? node.Weight : 1;
        if (_nodes > MaxNodes && IsComplete)
        {
            Stop(At(start), $"the file and its aliases come to more than {MaxNodes} values");
        }

        if (start is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            _anchors[anchored.Anchor.Value] = node;
        }

        return node;
    }

    private static bool IsNull(Scalar scalar) =>
        scalar is { Style: ScalarStyle.Plain, Value: "" or "~" or "null" or "Null" or "NULL" };

    private ConfigNode Resolve(AnchorAlias alias)
    {
        if (_anchors.TryGetValue(alias.Value.Value, out ConfigNode? node))
        {
            return node;
        }

        faults.Add(At(alias), "", $"the alias *{alias.Value.Value} has no anchor &{alias.Value.Value} before it");
        return new ConfigUnread(At(alias));
    }

    private ConfigList ComposeList(Origin at)
    {
        var items = new List<ConfigNode>();
        while (Next() is { } read and not SequenceEnd)
        {
            if (ComposeNode(read) is { } item)
            {
                items.Add(item);
            }
        }

        return new ConfigList(at, items);
    }

    private ConfigMap ComposeMap(Origin at)
    {
        var entries = new List<ConfigEntry>();
        var merged = new List<ConfigNode>();
        while (Next() is { } read and not MappingEnd)
        {
            ConfigNode? key = ComposeNode(read);
            if (Next() is not { } next || ComposeNode(next) is not { } value)
            {
                break;
            }

            if (key is not ConfigScalar { Text: var name })
            {
                faults.Add(At(read), "", "a key must be a single word, not a list or a section");
            }
            else if (string.Equals(name, "<<", StringComparison.Ordinal))
            {
                merged.AddRange(value is ConfigList list ? list.Items : [value]);
            }
            else if (entries.Find(entry => string.Equals(entry.Key, name, StringComparison.Ordinal)) is { } first)
            {
                faults.Add(At(read), "", $"the key '{name}' is here a second time; the first is in line {first.At.Line}");
            }
            else
            {
                entries.Add(new ConfigEntry(name, At(read), value));
            }
        }

        Merge(entries, merged);
        return new ConfigMap(at, entries);
    }

    /// <summary><c>&lt;&lt;: *base</c> adds the keys of the base that the section does not name itself.</summary>
    private void Merge(List<ConfigEntry> entries, List<ConfigNode> merged)
    {
        foreach (ConfigNode node in merged)
        {
            if (node is ConfigMap map)
            {
                entries.AddRange(map.Entries.Where(entry => !entries.Exists(own => string.Equals(own.Key, entry.Key, StringComparison.Ordinal))).ToList());
            }
            else
            {
                faults.Add(node.Origin, "", "'<<' merges sections of keys, such as <<: *base");
            }
        }
    }
}
