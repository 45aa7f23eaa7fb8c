using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Collector.Tables;

/// <summary>
/// One table as its schema file defines it. From it come the table in either store, the check of each line, what
/// <c>/metrics</c> shows, retention and the reference documentation.
/// </summary>
internal sealed class Table
{
    private readonly Dictionary<string, Column> _byName;

    public Table(string name, string timestampName, string partitionBy, Ttl? ttl, IReadOnlyList<Column> columns)
    {
        Name = name;
        TimestampName = timestampName;
        PartitionBy = partitionBy;
        Ttl = ttl;
        Columns = [.. columns];
        Keys = [.. columns.Where(column => column.IsKey)];
        _byName = columns.ToDictionary(column => column.Name, StringComparer.OrdinalIgnoreCase);
        State = _byName.GetValueOrDefault("state") is { Type: ColumnType.Symbol, IsKey: false } state ? state : null;
        foreach (Column column in columns)
        {
            if (column.Type == ColumnType.Long && !column.Name.EndsWith("_delta", StringComparison.OrdinalIgnoreCase)
                && _byName.TryGetValue(column.Name + "_delta", out Column? delta) && delta.Type == ColumnType.Long)
            {
                column.Delta = delta;
                delta.IsDelta = true;
            }
        }
    }

    public string Name { get; }

    /// <summary>What the table holds, from the comment above its <c>CREATE TABLE</c>.</summary>
    public string Help { get; init; } = "";

    /// <summary>
    /// No schema file is behind it: it came from lines, and says no more than which columns they have. Keys, retention and
    /// partitioning of a table that the database has already are not its business.
    /// </summary>
    public bool IsMade { get; init; }

    /// <summary>
    /// Each row is an event of its own (<c>[events]</c> behind the table's help). Two with equal keys and time would become
    /// one, so such a table wants an id among its keys.
    /// </summary>
    public bool HoldsEvents { get; init; }

    /// <summary>What is allowed and yet likely to lose rows, for <c>collector check</c>; null where nothing is.</summary>
    public string? Warning => this switch
    {
        { Keys.Length: 0 } => $"the table {Name} has no dedup keys: a batch that is sent again is stored twice",
        { HoldsEvents: true } when !Keys.Any(key => key.Name.EndsWith("_id", StringComparison.OrdinalIgnoreCase) || key.Name.Equals("id", StringComparison.OrdinalIgnoreCase)) =>
            $"the table {Name} holds events and has no id among its keys: two events with equal keys and time become one; add a key such as event_id",
        _ => null,
    };

    /// <summary>The designated timestamp's name. It is a key of every table that has keys, and in no other list here.</summary>
    public string TimestampName { get; }

    /// <summary>What the designated timestamp means, from its comment.</summary>
    public string TimestampHelp { get; init; } = "";

    public string PartitionBy { get; }

    /// <summary>How long rows are kept; null keeps them for ever.</summary>
    public Ttl? Ttl { get; }

    /// <summary>All columns but the designated timestamp, in the file's order.</summary>
    public Column[] Columns { get; }

    /// <summary>The dedup keys but the timestamp, in the file's order. Empty: rows are stored at least once.</summary>
    public Column[] Keys { get; }

    /// <summary>The SYMBOL column <c>state</c>, which tells of a series that it is <c>retired</c>; null where there is none.</summary>
    public Column? State { get; }

    /// <summary>The materialized views of this table that have a file. Given while the files are read.</summary>
    public IReadOnlyList<View> Views { get; set; } = [];

    /// <summary>Column names are case-insensitive, as they are in QuestDB.</summary>
    /// <exception cref="KeyNotFoundException">The table has no such column.</exception>
    public Column this[string name] => TryGetColumn(name, out Column? column)
        ? column
        : throw new KeyNotFoundException($"The table {Name} has no column {name}; its schema file defines {string.Join(", ", Columns.AsEnumerable())}.");

    public bool TryGetColumn(string name, [NotNullWhen(true)] out Column? column) => _byName.TryGetValue(name, out column);

    /// <summary>The QuestDB statement that makes the table where it is missing.</summary>
    public string CreateStatement() => CreateStatement(Columns);

    /// <summary>The same with some of its columns, of which the keys have to be.</summary>
    public string CreateStatement(IEnumerable<Column> columns)
    {
        var sql = new StringBuilder($"CREATE TABLE IF NOT EXISTS \"{Name}\" (\"{TimestampName}\" TIMESTAMP");
        foreach (Column column in columns)
        {
            sql.Append($", \"{column.Name}\" {column.Type.ToString().ToUpperInvariant()}");
        }

        sql.Append($") TIMESTAMP(\"{TimestampName}\") PARTITION BY {PartitionBy}");
        if (Ttl is { } ttl)
        {
            sql.Append($" TTL {ttl}");
        }

        sql.Append(" WAL");
        if (Keys.Length > 0)
        {
            sql.Append($" DEDUP UPSERT KEYS(\"{TimestampName}\"{string.Concat(Keys.Select(key => $", \"{key.Name}\""))})");
        }

        return sql.ToString();
    }

    /// <summary>Whether another definition says the same: in the database, and at <c>/metrics</c>.</summary>
    public bool IsSame(Table other) => CreateStatement() == other.CreateStatement() && IsMade == other.IsMade && Help == other.Help && HoldsEvents == other.HoldsEvents
        && TimestampHelp == other.TimestampHelp && Views.SequenceEqual(other.Views)
        && Columns.Zip(other.Columns).All(pair => pair.First.Metric == pair.Second.Metric && pair.First.Unit == pair.Second.Unit && pair.First.Help == pair.Second.Help);

    public override string ToString() => Name;
}
