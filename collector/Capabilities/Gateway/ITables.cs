using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Capabilities.Gateway;

/// <summary>The tables that lines may go to, and the making of those that there are not.</summary>
internal interface ITables
{
    /// <summary>The table as it is now; null where there is none.</summary>
    Table? Find(string name);

    /// <summary>Makes a table, or columns of one.</summary>
    /// <returns>The table, which may have more columns than were asked for; or why it cannot be.</returns>
    (Table? Table, LineFault? Fault) Grow(string name, IReadOnlyList<UnknownColumn> columns);

    /// <summary>Why a table of this name, of which there is none, cannot be made; null when it can.</summary>
    LineFault? Problem(string name);
}
