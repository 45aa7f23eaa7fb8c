using Collector.Lines;
using Collector.Tables;
using Microsoft.Extensions.Logging;

namespace Collector.Gateway;

/// <summary>The tables that lines may go to, and the making of those that there are not. Thread-safe.</summary>
internal sealed partial class GatewayTables(
    TableCatalog tables, GatewayOptions options, string folder, GatewayMetrics metrics, ILogger<GatewayTables> logger)
{
    private readonly MadeTables _made = new(folder);
    private readonly Lock _gate = new();

    /// <summary>Tables made or widened so far, by this run and those before.</summary>
    public int Made
    {
        get
        {
            lock (_gate)
            {
                return _made.Count;
            }
        }
    }

    /// <summary>The table as it is now; null where there is none.</summary>
    public Table? Find(string name) => tables.TryGet(name, out Table? table) ? table : null;

    /// <summary>Makes a table, or columns of one. It is on disk before this returns.</summary>
    /// <returns>The table, which may have more columns than were asked for; or why it cannot be.</returns>
    /// <exception cref="IOException">It cannot be written down now.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be written down now.</exception>
    public (Table? Table, LineFault? Fault) Grow(string name, IReadOnlyList<UnknownColumn> columns)
    {
        lock (_gate)
        {
            Table? found = Find(name);
            if (Problem(name, found) is { } problem)
            {
                return (null, problem);
            }

            Table grown = (found ?? TableGrowth.New(name)).With(columns.Select(column => (column.Name, column.Type)));
            if (found is not null && grown.Columns.Length == found.Columns.Length)
            {
                return (found, null); // another request was first
            }

            if (grown.Columns.Length > options.MaxColumns)
            {
                metrics.Limited("columns");
                return (null, new LineFault(LineFaultKind.Column, columns[0].Name, $"the table {name} would get more than {options.MaxColumns} columns (gateway.max_columns)"));
            }

            try
            {
                _made.Save(grown);
            }
            catch (PathTooLongException exception)
            {
                return (null, new LineFault(LineFaultKind.Table, "", $"the table {name} cannot be written down: {exception.Message}")); // and never will be
            }

            tables.Put(grown);
            LogMade(grown.Name, string.Join(", ", grown.Columns.Skip(found?.Columns.Length ?? 0).Select(column => $"{column.Name} {column.Type.ToString().ToUpperInvariant()}")));
            return (grown, null);
        }
    }

    /// <summary>Why a table of this name, of which there is none, cannot be made; null when it can.</summary>
    public LineFault? Problem(string name)
    {
        lock (_gate)
        {
            return Problem(name, null);
        }
    }

    private LineFault? Problem(string name, Table? found)
    {
        if (found is null && Names.TableProblem(name) is { } problem)
        {
            return new LineFault(LineFaultKind.Table, "", $"a table cannot have this name: {problem}");
        }

        if (_made.Count >= options.MaxTables && !_made.Contains(name))
        {
            metrics.Limited("tables");
            return new LineFault(LineFaultKind.Table, "", $"{options.MaxTables} tables were made already (gateway.max_tables), so that {name} is not");
        }

        return null;
    }

    [LoggerMessage(130, LogLevel.Information, "The gateway made, in table {Table}: {Columns}")]
    private partial void LogMade(string table, string columns);
}
