using System.Runtime.InteropServices;

namespace Collector.Lines.Tables;

/// <summary>Asks the database for a table.</summary>
public interface ITableLookup
{
    /// <summary>Asks once, and not for long: a database that is away is not waited for.</summary>
    Task<TableAnswer> LookUpAsync(string table, CancellationToken cancellationToken);
}

/// <summary>What the database has under a name.</summary>
/// <param name="IsKnown">False where it could not be asked.</param>
/// <param name="Live">The table; null where it has none of that name.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TableAnswer(bool IsKnown, LiveTable? Live);
