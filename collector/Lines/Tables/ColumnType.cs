namespace Collector.Lines.Tables;

/// <summary>The column types a schema file may use: the part of QuestDB's types that the line protocol can fill.</summary>
public enum ColumnType
{
    /// <summary>Interned text. The only type a key may have, and a line's tag.</summary>
    Symbol,

    /// <summary>True or false. QuestDB has no null for it, so every row writes it.</summary>
    Boolean,

    /// <summary>64-bit integer. Its smallest value is QuestDB's null and cannot be stored.</summary>
    Long,

    /// <summary>64-bit float. NaN is QuestDB's null and cannot be stored.</summary>
    Double,

    /// <summary>Microseconds since 1970-01-01 UTC.</summary>
    Timestamp,

    /// <summary>UTF-8 text.</summary>
    Varchar,

    /// <summary>
    /// A type that no schema file asks for, named by <see cref="Column.DatabaseType"/>: one that the database's own table has,
    /// or an array that a line brought. Its values travel as they were sent.
    /// </summary>
    Other,
}
