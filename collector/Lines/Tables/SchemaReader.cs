using System.Text;

namespace Collector.Lines.Tables;

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
/// <c>name LONG</c> is the increase of that counter. The file of a table that was made from lines or found in the database
/// (<see cref="Table.IsMade"/>) may have any of the database's types.
/// </summary>
public sealed class SchemaReader
{
    private static readonly string[] Partitions = ["HOUR", "DAY", "WEEK", "MONTH", "YEAR"];
    private static readonly string[] Types = [.. Enum.GetValues<ColumnType>().Where(type => type != ColumnType.Other).Select(type => type.ToString().ToUpperInvariant())];
    private static readonly string[] TtlUnits = ["HOUR", "DAY", "WEEK", "MONTH", "YEAR"];

    private readonly SchemaCursor _cursor;
    private readonly Action<SchemaToken, string> _fault;
    private readonly Action<SchemaToken, string> _nameFault;
    private readonly bool _isMade;

    private SchemaReader(SchemaCursor cursor, Action<SchemaToken, string> fault, Action<SchemaToken, string> nameFault, bool isMade) =>
        (_cursor, _fault, _nameFault, _isMade) = (cursor, fault, nameFault, isMade);

    /// <summary>The table in <paramref name="text"/>, or null with at least one fault added.</summary>
    /// <param name="file">The file's name as faults shall show it.</param>
    /// <param name="text">The statement.</param>
    /// <param name="faults">Gets what is wrong.</param>
    /// <param name="isMade">
    /// It is no schema file, see <see cref="Table.IsMade"/>: its names were fit when they were taken, and rows bear them. Of columns
    /// that are one today the first is taken.
    /// </param>
    public static Table? Read(string file, string text, List<SchemaFault> faults, bool isMade = false)
    {
        int before = faults.Count;
        void Fault(SchemaToken at, string message) => faults.Add(new SchemaFault(file, at.Line, at.Column, message));
        Action<SchemaToken, string> nameFault = isMade ? (_, _) => { } : Fault;
        try
        {
            SchemaStatement statement = new SchemaReader(new SchemaCursor(SchemaLexer.Tokens(text)), Fault, nameFault, isMade).Statement();
            Table table = new TableBuilder(statement, Fault, nameFault, isMade).Build();
            return faults.Count == before ? table : null;
        }
        catch (SchemaException exception)
        {
            faults.Add(new SchemaFault(file, exception.Line, exception.Column, exception.Message));
            return null;
        }
    }

    private SchemaStatement Statement()
    {
        string help = _cursor.Comments();
        _cursor.Expect("CREATE", "TABLE");
        if (_cursor.Accept("IF"))
        {
            _cursor.Expect("NOT", "EXISTS");
        }

        SchemaToken name = _cursor.Word("the table's name");
        if (Names.TableProblem(name.Text) is { } problem)
        {
            _nameFault(name, problem);
        }

        _cursor.Expect("(");
        List<ColumnDefinition> definitions = Columns();
        _cursor.Expect("TIMESTAMP", "(");
        SchemaToken timestamp = _cursor.Word("the designated timestamp's column");
        _cursor.Expect(")", "PARTITION", "BY");
        SchemaToken partition = _cursor.Word("DAY");
        if (!Partitions.Contains(partition.Text, StringComparer.OrdinalIgnoreCase))
        {
            _fault(partition, $"a table is partitioned by {string.Join(", ", Partitions)}, not by {partition}; WAL and dedup need partitions");
        }

        Ttl? ttl = _cursor.Accept("TTL") ? TimeToLive(partition) : null;
        _cursor.Expect("WAL");
        List<SchemaToken> keys = _cursor.Accept("DEDUP") ? Keys() : [];
        _cursor.Accept(";");
        _cursor.Comments();
        if (_cursor.Current.Kind != SchemaTokenKind.End)
        {
            _fault(_cursor.Current, $"{_cursor.Current} follows the statement; one file defines one table");
        }

        return new SchemaStatement(name, help, timestamp, partition.Text.ToUpperInvariant(), ttl, definitions, keys);
    }

    private List<ColumnDefinition> Columns()
    {
        var columns = new List<ColumnDefinition>();
        while (true)
        {
            while (_cursor.Current.Kind == SchemaTokenKind.Comment)
            {
                _fault(_cursor.Current, "a column's comment begins on the column's line, behind it");
                _cursor.Take();
            }

            SchemaToken name = _cursor.Word("a column's name");
            (ColumnType type, string? databaseType) = Type();
            var definition = new ColumnDefinition(name, type, databaseType, []);
            if ((Names.ColumnProblem(name.Text) ?? Names.ColumnProblem(name.Text, type)) is { } problem)
            {
                _nameFault(name, problem);
            }

            columns.Add(definition);
            TakeComments(definition);
            bool more = _cursor.Accept(",");
            TakeComments(definition);
            if (!more)
            {
                _cursor.Expect(")");
                return columns;
            }
        }
    }

    /// <summary>Comments that begin on the column's line or go on with one that did; others are left where they stand.</summary>
    private void TakeComments(ColumnDefinition definition)
    {
        int line = _cursor.LastLine;
        while (_cursor.Current.Kind == SchemaTokenKind.Comment && (definition.Comments.Count > 0 || _cursor.Current.Line == line))
        {
            definition.Comments.Add(_cursor.Take().Text);
        }
    }

    private (ColumnType Type, string? DatabaseType) Type()
    {
        SchemaToken token = _cursor.Word("a column's type");
        int type = Array.FindIndex(Types, name => token.Is(name));
        string name = token.Text + Arguments();
        if (type >= 0 && name == token.Text)
        {
            return ((ColumnType)type, null);
        }

        if (!_isMade)
        {
            _fault(token, $"the type '{name}' is not one of {string.Join(", ", Types)}");
        }

        return (ColumnType.Other, name);
    }

    /// <summary>What stands behind a type's word: <c>(18,4)</c>, <c>(5c)</c>, <c>[][]</c>.</summary>
    private string Arguments()
    {
        var arguments = new StringBuilder();
        if (_cursor.Accept("("))
        {
            arguments.Append('(');
            do
            {
                arguments.Append(arguments.Length > 1 ? "," : "").Append(_cursor.Take().Text);
            }
            while (_cursor.Accept(","));
            _cursor.Expect(")");
            arguments.Append(')');
        }

        while (_cursor.Accept("["))
        {
            _cursor.Expect("]");
            arguments.Append("[]");
        }

        return arguments.ToString();
    }

    private Ttl TimeToLive(SchemaToken partition)
    {
        SchemaToken number = _cursor.Next();
        if (number.Kind != SchemaTokenKind.Number || !int.TryParse(number.Text, out int value) || value is < 1 or > Ttl.MaxValue)
        {
            throw SchemaCursor.Error(number, $"TTL wants a whole number from 1 to {Ttl.MaxValue}, as in TTL 90 DAYS, not {number}");
        }

        SchemaToken unit = _cursor.Word("a unit, as in TTL 90 DAYS");
        int index = Array.FindIndex(TtlUnits, name => unit.Is(name) || unit.Is(name + "S"));
        if (index < 0)
        {
            throw SchemaCursor.Error(unit, $"TTL counts in HOURS, DAYS, WEEKS, MONTHS or YEARS, not {unit}");
        }

        var ttl = new Ttl(value, (TtlUnit)index);
        if (!ttl.IsWhole(partition.Text))
        {
            _fault(number, $"TTL {ttl} is no whole number of partitions, and QuestDB evicts by partitions: {partition.Text.ToUpperInvariant()}");
        }

        return ttl;
    }

    private List<SchemaToken> Keys()
    {
        _cursor.Expect("UPSERT", "KEYS", "(");
        var keys = new List<SchemaToken>();
        do
        {
            keys.Add(_cursor.Word("a key column"));
        }
        while (_cursor.Accept(","));
        _cursor.Expect(")");
        return keys;
    }
}
