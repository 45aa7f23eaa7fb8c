using Collector.Lines.Tables;

namespace Collector.Lines;

/// <summary>A row that was turned away at the edge, before it was accepted.</summary>
/// <param name="Table">Its table; null where the row names none that there is: a stranger's name becomes no label and no file.</param>
/// <param name="Source">Who gave it: <c>daemon/oi-fetcher</c>, <c>gateway</c>.</param>
/// <param name="Line">The row as it came, or as far as it could be written.</param>
/// <param name="Times">How often it came, one right behind the other.</param>
public sealed record RefusedRow(Table? Table, string Source, LineFault Fault, ReadOnlyMemory<byte> Line, int Times = 1);
