using Collector.Lines.Tables;

namespace Collector.Pipe.Delivery;

/// <summary>Complete rows of one table, as they stand in the spool: what a store is given, and given again, byte for byte.</summary>
public readonly record struct Batch(Table Table, ReadOnlyMemory<byte> Lines, int Rows);
