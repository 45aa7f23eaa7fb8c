namespace Collector.Lines.Tables;

/// <summary>A <c>CREATE TABLE</c> as written, before it is known to make sense.</summary>
/// <param name="Help">The comments before it.</param>
/// <param name="Timestamp">The designated timestamp.</param>
internal sealed record SchemaStatement(
    SchemaToken Name, string Help, SchemaToken Timestamp, string Partition, Ttl? Ttl, List<ColumnDefinition> Columns, List<SchemaToken> Keys);

/// <summary>A column as written, before the keys behind it are known.</summary>
/// <param name="DatabaseType">See <see cref="Column.DatabaseType"/>.</param>
internal sealed record ColumnDefinition(SchemaToken Name, ColumnType Type, string? DatabaseType, List<string> Comments);
