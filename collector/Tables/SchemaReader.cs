namespace Collector.Tables;

/// <summary>
/// Reads one schema file: a single QuestDB <c>CREATE TABLE</c>, in the subset that the collector relies on.
/// <code>
/// -- Help for the table. [events]
/// CREATE TABLE IF NOT EXISTS name (
///     timestamp TIMESTAMP,
///     key       SYMBOL,            -- Help for the column. [gauge metric_name, unit s]
///     value     DOUBLE
/// ) TIMESTAMP(timestamp) PARTITION BY DAY TTL 90 DAYS WAL
/// DEDUP UPSERT KEYS(timestamp, key);
/// </code>
/// <c>[events]</c> stands behind the help of a table whose rows are events, see <see cref="Table.HoldsEvents"/>.
/// Types: those of <see cref="ColumnType"/>. A table is always WAL; TTL and DEDUP are optional. A column's comment begins on
/// the column's line, and comments on lines of their own go on with it. A column <c>name_delta LONG</c> beside a column
/// <c>name LONG</c> is the increase of that counter.
/// </summary>
internal sealed class SchemaReader
{
    private const string EventsMark = "[events]";

    private static readonly string[] Partitions = ["HOUR", "DAY", "WEEK", "MONTH", "YEAR"];
    private static readonly string[] Types = [.. Enum.GetNames<ColumnType>().Select(name => name.ToUpperInvariant())];
    private static readonly string[] TtlUnits = ["HOUR", "DAY", "WEEK", "MONTH", "YEAR"];

    private readonly string _file;
    private readonly List<SchemaToken> _tokens;
    private readonly List<SchemaFault> _faults;
    private int _at;

    private SchemaReader(string file, List<SchemaToken> tokens, List<SchemaFault> faults) =>
        (_file, _tokens, _faults) = (file, tokens, faults);

    /// <summary>The table in <paramref name="text"/>, or null with at least one fault added.</summary>
    /// <param name="file">The file's name as faults shall show it.</param>
    public static Table? Read(string file, string text, List<SchemaFault> faults)
    {
        int before = faults.Count;
        try
        {
            Table table = new SchemaReader(file, SchemaLexer.Tokens(text), faults).Statement();
            return faults.Count == before ? table : null;
        }
        catch (SchemaException exception)
        {
            faults.Add(new SchemaFault(file, exception.Line, exception.Column, exception.Message));
            return null;
        }
    }

    private SchemaToken Current => _tokens[_at];

    private Table Statement()
    {
        string help = Comments();
        Expect("CREATE", "TABLE");
        if (Accept("IF"))
        {
            Expect("NOT", "EXISTS");
        }

        SchemaToken name = Word("the table's name");
        if (Names.TableProblem(name.Text) is { } problem)
        {
            Fault(name, problem);
        }

        Expect("(");
        List<Definition> definitions = Columns();
        Expect("TIMESTAMP", "(");
        SchemaToken timestamp = Word("the designated timestamp's column");
        Expect(")", "PARTITION", "BY");
        SchemaToken partition = Word("DAY");
        if (!Partitions.Contains(partition.Text, StringComparer.OrdinalIgnoreCase))
        {
            Fault(partition, $"a table is partitioned by {string.Join(", ", Partitions)}, not by {partition}; WAL and dedup need partitions");
        }

        Ttl? ttl = Accept("TTL") ? TimeToLive(partition) : null;
        Expect("WAL");
        List<SchemaToken> keys = Accept("DEDUP") ? Keys() : [];
        Accept(";");
        Comments();
        if (Current.Kind != SchemaTokenKind.End)
        {
            Fault(Current, $"{Current} follows the statement; one file defines one table");
        }

        return Build(name, help, timestamp, partition.Text.ToUpperInvariant(), ttl, definitions, keys);
    }

    private Table Build(
        SchemaToken name, string help, SchemaToken timestamp, string partition, Ttl? ttl, List<Definition> definitions, List<SchemaToken> keys)
    {
        if (!definitions.Any(d => d.Name.Is(timestamp.Text) && d.Type == ColumnType.Timestamp))
        {
            Fault(timestamp, $"the designated timestamp {timestamp} is no TIMESTAMP column of the table");
        }

        for (int i = 0; i < keys.Count; i++)
        {
            SchemaToken key = keys[i];
            if (keys.FindIndex(other => other.Is(key.Text)) < i)
            {
                Fault(key, $"the key {key} is named twice");
            }
            else if (!key.Is(timestamp.Text) && !definitions.Any(d => d.Name.Is(key.Text) && d.Type == ColumnType.Symbol))
            {
                Fault(key, $"the key {key} is no SYMBOL column of the table");
            }
        }

        if (keys.Count > 0 && !keys.Any(key => key.Is(timestamp.Text)))
        {
            Fault(keys[0], $"the keys leave out the designated timestamp {timestamp}");
        }

        string timestampHelp = "";
        var columns = new List<Column>();
        for (int i = 0; i < definitions.Count; i++)
        {
            Definition definition = definitions[i];
            if (definitions.FindIndex(other => other.Name.Is(definition.Name.Text)) < i)
            {
                Fault(definition.Name, $"the column {definition.Name} is defined twice (names are case-insensitive)");
                continue;
            }

            Column column = Build(definition, columns.Count, keys.Exists(key => key.Is(definition.Name.Text)));
            if (column.Metric is { } metric && columns.Find(other => other.Metric?.Name == metric.Name) is { } first)
            {
                Fault(definition.Name, $"the metric {metric.Name} of {column} is already that of {first}");
            }

            if (!definition.Name.Is(timestamp.Text))
            {
                columns.Add(column);
                continue;
            }

            timestampHelp = column.Help;
            if (column.Metric is not null)
            {
                Fault(definition.Name, $"the designated timestamp {column} cannot be shown at /metrics");
            }
        }

        CheckLabels(definitions, columns);
        if (columns.TrueForAll(column => column.IsKey))
        {
            Fault(name, $"the table {name} has no column beside its timestamp and keys, so that its rows would say nothing");
        }

        bool holdsEvents = help.EndsWith(EventsMark, StringComparison.Ordinal);
        return new Table(name.Text, timestamp.Text, partition, ttl, columns)
        {
            Help = holdsEvents ? help[..^EventsMark.Length].TrimEnd() : help,
            TimestampHelp = timestampHelp,
            HoldsEvents = holdsEvents,
        };
    }

    /// <summary>The keys of a table with metrics are their labels.</summary>
    private void CheckLabels(List<Definition> definitions, List<Column> columns)
    {
        if (columns.Exists(column => column.Metric is not null))
        {
            foreach (Column key in columns.Where(column => column.IsKey && !Names.Metric().IsMatch(column.Name)))
            {
                Fault(definitions.Find(d => d.Name.Is(key.Name))!.Name, $"the key {key} is a label at /metrics, and so has letters, digits and underscores, not starting with a digit");
            }
        }
    }

    private Column Build(Definition definition, int ordinal, bool isKey)
    {
        var comment = new ColumnComment("", "", null);
        try
        {
            comment = ColumnComment.Parse(string.Join(' ', definition.Comments), definition.Type);
        }
        catch (FormatException exception)
        {
            Fault(definition.Name, $"the comment of {definition.Name}: {exception.Message}");
        }

        return new Column
        {
            Name = definition.Name.Text,
            Type = definition.Type,
            Ordinal = ordinal,
            IsKey = isKey,
            Help = comment.Help,
            Unit = comment.Unit,
            Metric = comment.Metric,
        };
    }

    private List<Definition> Columns()
    {
        var columns = new List<Definition>();
        while (true)
        {
            while (Current.Kind == SchemaTokenKind.Comment)
            {
                Fault(Current, "a column's comment begins on the column's line, behind it");
                _at++;
            }

            SchemaToken name = Word("a column's name");
            if (Names.ColumnProblem(name.Text) is { } problem)
            {
                Fault(name, problem);
            }

            var definition = new Definition(name, TypeOf(Word("a column's type")), []);
            columns.Add(definition);
            TakeComments(definition);
            bool more = Accept(",");
            TakeComments(definition);
            if (!more)
            {
                Expect(")");
                return columns;
            }
        }
    }

    /// <summary>Comments that begin on the column's line or go on with one that did; others are left where they stand.</summary>
    private void TakeComments(Definition definition)
    {
        int line = _tokens[_at - 1].Line;
        while (Current.Kind == SchemaTokenKind.Comment && (definition.Comments.Count > 0 || Current.Line == line))
        {
            definition.Comments.Add(_tokens[_at++].Text);
        }
    }

    private ColumnType TypeOf(SchemaToken token)
    {
        int type = Array.FindIndex(Types, name => token.Is(name));
        if (type < 0)
        {
            Fault(token, $"the type {token} is not one of {string.Join(", ", Types)}");
            return ColumnType.Varchar;
        }

        return (ColumnType)type;
    }

    private Ttl TimeToLive(SchemaToken partition)
    {
        SchemaToken number = Next();
        if (number.Kind != SchemaTokenKind.Number || !int.TryParse(number.Text, out int value) || value is < 1 or > Ttl.MaxValue)
        {
            throw Error(number, $"TTL wants a whole number from 1 to {Ttl.MaxValue}, as in TTL 90 DAYS, not {number}");
        }

        SchemaToken unit = Word("a unit, as in TTL 90 DAYS");
        int index = Array.FindIndex(TtlUnits, name => unit.Is(name) || unit.Is(name + "S"));
        if (index < 0)
        {
            throw Error(unit, $"TTL counts in HOURS, DAYS, WEEKS, MONTHS or YEARS, not {unit}");
        }

        var ttl = new Ttl(value, (TtlUnit)index);
        if (!ttl.IsWhole(partition.Text))
        {
            Fault(number, $"TTL {ttl} is no whole number of partitions, and QuestDB evicts by partitions: {partition.Text.ToUpperInvariant()}");
        }

        return ttl;
    }

    private List<SchemaToken> Keys()
    {
        Expect("UPSERT", "KEYS", "(");
        var keys = new List<SchemaToken>();
        do
        {
            keys.Add(Word("a key column"));
        }
        while (Accept(","));
        Expect(")");
        return keys;
    }

    private IEnumerable<string> CommentLines()
    {
        while (Current.Kind == SchemaTokenKind.Comment)
        {
            yield return _tokens[_at++].Text;
        }
    }

    private string Comments() => string.Join(' ', CommentLines());

    private SchemaToken Next()
    {
        Comments();
        return Current.Kind == SchemaTokenKind.End ? Current : _tokens[_at++];
    }

    private SchemaToken Word(string what)
    {
        SchemaToken token = Next();
        return token.Kind == SchemaTokenKind.Word ? token : throw Error(token, $"expected {what}, found {token}");
    }

    private bool Accept(string word)
    {
        int from = _at;
        if (Next().Is(word))
        {
            return true;
        }

        _at = from;
        return false;
    }

    private void Expect(params ReadOnlySpan<string> words)
    {
        foreach (string word in words)
        {
            SchemaToken token = Next();
            if (!token.Is(word))
            {
                throw Error(token, $"expected {word}, found {token}");
            }
        }
    }

    private void Fault(SchemaToken at, string message) => _faults.Add(new SchemaFault(_file, at.Line, at.Column, message));

    private static SchemaException Error(SchemaToken at, string message) => new(at.Line, at.Column, message);

    /// <summary>A column as written, before the keys behind it are known.</summary>
    private sealed record Definition(SchemaToken Name, ColumnType Type, List<string> Comments);
}
