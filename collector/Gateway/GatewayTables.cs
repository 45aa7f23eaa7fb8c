using Collector.Lines;
using Collector.Tables;
using Microsoft.Extensions.Logging;

namespace Collector.Gateway;

/// <summary>The tables that lines may go to, and the making of those that there are not. Thread-safe.</summary>
internal sealed partial class GatewayTables(
    TableCatalog tables, GatewayOptions options, string folder, GatewayMetrics metrics, ILogger<GatewayTables> logger) : ITables
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

    /// <summary>True for a table that was made or widened.</summary>
    public bool IsMade(string name)
    {
        lock (_gate)
        {
            return _made.Contains(name);
        }
    }

    /// <inheritdoc/>
    public Table? Find(string name) => tables.TryGet(name, out Table? table) ? table : null;

    /// <summary>Makes a table, or columns of one. It is on disk before this returns.</summary>
    /// <returns>The table, which may have more columns than were asked for; or why it cannot be.</returns>
    public (Table? Table, LineFault? Fault) Grow(string name, IReadOnlyList<UnknownColumn> columns)
    {
        lock (_gate)
        {
            Table? found = Find(name);
            (Table? grown, LineFault? fault) = Grown(name, found, columns, planned: 0);
            if (grown is not null && grown != found)
            {
                _made.Save(grown);
                tables.Put(grown);
                LogMade(grown.Name, string.Join(", ", grown.Columns.Skip(found?.Columns.Length ?? 0).Select(column => $"{column.Name} {column.Type.ToString().ToUpperInvariant()}")));
            }

            return (grown, fault);
        }
    }

    /// <summary>What <see cref="Grow"/> would make of a table; makes nothing.</summary>
    /// <param name="found">The table as it is or is planned to be; null where there is none.</param>
    /// <param name="planned">How many other tables are to be made or widened first.</param>
    public (Table? Table, LineFault? Fault) Grown(string name, Table? found, IReadOnlyList<UnknownColumn> columns, int planned)
    {
        lock (_gate)
        {
            if (Problem(name, found, planned) is { } problem)
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

            return (grown, null);
        }
    }

    /// <inheritdoc/>
    public LineFault? Problem(string name) => Problem(name, planned: 0);

    /// <summary>Why a table of this name, of which there is none, cannot be made; null when it can.</summary>
    /// <param name="planned">How many other tables are to be made or widened first.</param>
    public LineFault? Problem(string name, int planned)
    {
        lock (_gate)
        {
            return Problem(name, null, planned);
        }
    }

    private LineFault? Problem(string name, Table? found, int planned)
    {
        if (found is null && Names.TableProblem(name) is { } problem)
        {
            return new LineFault(LineFaultKind.Table, "", $"a table cannot have this name: {problem}");
        }

        if (_made.Count + planned >= options.MaxTables && !_made.Contains(name))
        {
            metrics.Limited("tables");
            return new LineFault(LineFaultKind.Table, "", $"{options.MaxTables} tables were made already (gateway.max_tables), so that {name} is not");
        }

        return null;
    }

    [LoggerMessage(130, LogLevel.Information, "The gateway made, in table {Table}: {Columns}")]
    private partial void LogMade(string table, string columns);
}
