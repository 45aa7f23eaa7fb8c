using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Collector.Lines.Tables;

/// <summary>
/// One table as its schema file defines it. From it come the table in either store, the check of each line, what
/// <c>/metrics</c> shows, retention and the reference documentation.
/// </summary>
public sealed class Table
{
    public const string TimestampMicros = "TIMESTAMP";

    /// <summary>The comment of a table that the database had, and of each column that it had, in the file that the gateway keeps of it.</summary>
    public const string FoundMark = "Found in the database.";

    /// <summary>The comment of a table that <see cref="IsGuess"/>, there.</summary>
    public const string GuessMark = "Made by the gateway while the database could not be asked.";

    private readonly Dictionary<string, Column> _byName;

    /// <param name="isMade">See <see cref="IsMade"/>.</param>
    public Table(string name, string timestampName, string partitionBy, Ttl? ttl, IReadOnlyList<Column> columns, bool isMade = false)
    {
        IsMade = isMade;
        Name = name;
        TimestampName = timestampName;
        PartitionBy = partitionBy;
        Ttl = ttl;
        Columns = [.. columns];
        Keys = [.. columns.Where(column => column.IsKey)];
        _byName = columns.ToDictionary(column => column.Name, NameComparer.Instance);
        State = _byName.GetValueOrDefault("state") is { Type: ColumnType.Symbol, IsKey: false } state ? state : null;
        foreach (Column column in columns)
        {
            if (!isMade && column.Type == ColumnType.Long && !column.Name.EndsWith("_delta", StringComparison.OrdinalIgnoreCase)
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
    /// No schema file is behind it: it is what lines brought, or what the database has. Its rows are stored as they were sent, it
    /// has no keys of the collector's and no counters, and a BOOLEAN that a row leaves out reads false.
    /// </summary>
    public bool IsMade { get; }

    /// <summary>The database had it before a line named it (then it <see cref="IsMade"/> too): it counts to no limit.</summary>
    public bool IsAdopted { get; init; }

    /// <summary>
    /// Lines made it while the database could not be asked whether it has such a table: what its columns are is a guess, by which no
    /// line is turned away.
    /// </summary>
    public bool IsGuess { get; init; }

    /// <summary>The type of the designated timestamp: <c>TIMESTAMP</c>, or <c>TIMESTAMP_NS</c> of a table that was adopted.</summary>
    public string TimestampType { get; init; } = TimestampMicros;

    /// <summary>The dedup keys of a table that was adopted, its timestamp included: to make it anew as it was, should it be dropped.</summary>
    public IReadOnlyList<string> AdoptedKeys { get; init; } = [];

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
    public string CreateStatement(IEnumerable<Column> columns) =>
        $"CREATE TABLE IF NOT EXISTS \"{Name}\" (\"{TimestampName}\" {TimestampType}{string.Concat(columns.Select(column => $", \"{column.Name}\" {column.TypeName}"))}) {Ending}";

    /// <summary>The whole statement as the text of a file, a column a line.</summary>
    /// <param name="comment">A column's comment; null for none.</param>
    public string CreateFile(Func<Column, string?> comment)
    {
        var text = new StringBuilder($"CREATE TABLE IF NOT EXISTS \"{Name}\" (\n    \"{TimestampName}\" {TimestampType}");
        string behind = "";
        foreach (Column column in Columns)
        {
            text.Append($",{behind}\n    \"{column.Name}\" {column.TypeName}");
            behind = comment(column) is { } said ? $" -- {said}" : "";
        }

        return text.Append($"{behind}\n) {Ending};\n").ToString();
    }

    private string Ending
    {
        get
        {
            string[] keys = Keys.Length > 0 ? [TimestampName, .. Keys.Select(key => key.Name)] : [.. AdoptedKeys];
            string dedup = keys.Length > 0 ? $" DEDUP UPSERT KEYS({string.Join(", ", keys.Select(key => $"\"{key}\""))})" : "";
            return $"TIMESTAMP(\"{TimestampName}\") PARTITION BY {PartitionBy}{(Ttl is { } ttl ? $" TTL {ttl}" : "")} WAL{dedup}";
        }
    }

    /// <summary>Whether another definition says the same: in the database, and at <c>/metrics</c>.</summary>
    public bool IsSame(Table other) => CreateStatement() == other.CreateStatement() && IsMade == other.IsMade && IsAdopted == other.IsAdopted && IsGuess == other.IsGuess && Help == other.Help && HoldsEvents == other.HoldsEvents
        && TimestampHelp == other.TimestampHelp && Views.SequenceEqual(other.Views)
        && Columns.Zip(other.Columns).All(pair => pair.First.IsMade == pair.Second.IsMade && pair.First.Metric == pair.Second.Metric && pair.First.Unit == pair.Second.Unit && pair.First.Help == pair.Second.Help);

    public override string ToString() => Name;
}
