using System.Runtime.InteropServices;
using Collector.Lines.Tables;

namespace Collector.Lines;

/// <summary>A column that a row names and its table lacks.</summary>
/// <param name="Type">What the value is as it stands in the line: SYMBOL for a tag, VARCHAR for a string, DOUBLE for a number without a letter.</param>
/// <param name="DatabaseType">Of an array, with a pair of brackets for each dimension: <c>DOUBLE[]</c>. See <see cref="Column.DatabaseType"/>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct UnknownColumn(string Name, ColumnType Type, string? DatabaseType = null);
