using Collector.Lines;
using Collector.Lines.Tables;
using Microsoft.Extensions.Logging;

namespace Collector.Capabilities.Gateway;

/// <summary>
/// The tables that lines may go to: those with a schema file, those that the database has, and the making of those that there are
/// not. Thread-safe.
/// </summary>
public sealed partial class GatewayTables : ITables
{
    private readonly TableCatalog _tables;
    private readonly GatewayOptions _options;
    private readonly GatewayMetrics _metrics;
    private readonly AskedTables _asked;
    private readonly GrowthRoom _room;
    private readonly ILogger<GatewayTables> _logger;
    private readonly MadeTables _files;
    private readonly Lock _gate = new();
    private int _made;
    private int _columns;

    public GatewayTables(
        TableCatalog tables, GatewayOptions options, string folder, GatewayMetrics metrics, ITableLookup database, GrowthRoom room, TimeProvider clock, ILogger<GatewayTables> logger)
    {
        (_tables, _options, _metrics, _asked, _room, _logger) = (tables, options, metrics, new AskedTables(database, clock), room, logger);
        _files = new MadeTables(folder);
        (_made, _columns) = (tables.Count(IsMade), tables.Sum(MadeColumns));
    }

    /// <summary>Tables made or widened by lines so far, by this run and those before.</summary>
    public int Made => Volatile.Read(ref _made);

    /// <summary>Columns made by lines so far, of all tables.</summary>
    public int Columns => Volatile.Read(ref _columns);

    /// <summary>True for a table that was made or widened by lines.</summary>
    public bool IsMade(string name) => Find(name) is { } table && IsMade(table);

    /// <inheritdoc/>
    public Table? Find(string name) => _tables.TryGet(name, out Table? table) ? table : null;

    /// <summary>True where the database has to be asked first whether it has a table of this name, of which there is none here.</summary>
    public bool MustAsk(string name) => _asked.IsUnasked(name) && Names.TableProblem(name) is null;

    /// <summary>Asks the database for a table, and takes it up as it is. One that is away is not waited for: then lines alone make the table.</summary>
    /// <exception cref="IOException">The table cannot be written down.</exception>
    /// <exception cref="UnauthorizedAccessException">The table cannot be written down.</exception>
    public async ValueTask AskAsync(string name, CancellationToken cancellationToken)
    {
        if (await _asked.AskAsync(name, cancellationToken) is { } live)
        {
            Adopt(name, live);
        }
    }

    /// <summary>Takes up what the database has under the name of a table without a schema file: its columns, their types, the name of its time.</summary>
    /// <param name="name">The table's name.</param>
    /// <param name="live">Null where the database has no such table, and is about to get it.</param>
    /// <returns>The table as it is now; null where there is none.</returns>
    /// <exception cref="IOException">The table cannot be written down.</exception>
    /// <exception cref="UnauthorizedAccessException">The table cannot be written down.</exception>
    public Table? Adopt(string name, LiveTable? live)
    {
        lock (_gate)
        {
            Table? known = Find(name);
            if (live?.Problem is not null || known is { IsMade: false } || (live is null && known is not { IsGuess: true }))
            {
                return known;
            }

            Table adopted = live is null ? known!.Confirmed() : TableGrowth.Adopt(live, known, isFirst: known is null or { IsGuess: true });
            if (known?.IsSame(adopted) == true)
            {
                return known;
            }

            Put(adopted, known);
            if (known is null)
            {
                LogFound(adopted.Name, string.Join(", ", adopted.Columns.Select(column => $"{column.Name} {column.TypeName}")));
            }

            return adopted;
        }
    }

    /// <summary>Makes a table, or columns of one. It is on disk before this returns.</summary>
    /// <returns>The table, which may have more columns than were asked for; or why it cannot be.</returns>
    /// <exception cref="IOException">It cannot be written down now.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be written down now.</exception>
    public (Table? Table, LineFault? Fault) Grow(string name, IReadOnlyList<UnknownColumn> columns)
    {
        lock (_gate)
        {
            Table? found = Find(name);
            (Table? grown, LineFault? fault) = Grown(name, found, columns, default);
            if (grown is null || grown == found)
            {
                return (grown, fault);
            }

            _room.Demand(MadeColumns(grown) - MadeColumns(found));
            try
            {
                Put(grown, found);
            }
            catch (PathTooLongException exception)
            {
                return (null, new LineFault(LineFaultKind.Table, "", $"the table {name} cannot be written down: {exception.Message}")); // and never will be
            }

            LogMade(grown.Name, string.Join(", ", grown.Columns.Skip(found?.Columns.Length ?? 0).Select(column => $"{column.Name} {column.TypeName}")));
            return (grown, null);
        }
    }

    /// <summary>What <see cref="Grow"/> would make of a table; makes nothing.</summary>
    /// <param name="found">The table as it is or is planned to be; null where there is none.</param>
    /// <param name="planned">What is to be made of other tables first.</param>
    public (Table? Table, LineFault? Fault) Grown(string name, Table? found, IReadOnlyList<UnknownColumn> columns, Growth planned)
    {
        lock (_gate)
        {
            if (Problem(name, found, planned) is { } problem)
            {
                return (null, problem);
            }

            Table grown = (found ?? TableGrowth.New(name, _asked.IsUnanswered(name))).With(columns.Select(column => (column.Name, column.Type, column.DatabaseType)));
            if (found is not null && grown.Columns.Length == found.Columns.Length)
            {
                return (found, null); // another request was first
            }

            int made = MadeColumns(grown);
            string? limit = made > _options.MaxColumns ? $"the table {name} would get more than {_options.MaxColumns} columns from lines (gateway.max_columns)"
                : _columns + planned.Columns + made - MadeColumns(Find(name)) > _options.MaxTotalColumns ? $"all tables together would get more than {_options.MaxTotalColumns} columns from lines (gateway.max_total_columns)"
                : null;
            if (limit is not null)
            {
                _metrics.Limited("columns");
                return (null, new LineFault(LineFaultKind.Column, columns[0].Name, limit));
            }

            return (grown, null);
        }
    }

    /// <inheritdoc/>
    public LineFault? Problem(string name) => Problem(name, default(Growth));

    /// <summary>Why a table of this name, of which there is none, cannot be made; null when it can.</summary>
    /// <param name="planned">What is to be made of other tables first.</param>
    public LineFault? Problem(string name, Growth planned)
    {
        lock (_gate)
        {
            return Problem(name, null, planned);
        }
    }

    private LineFault? Problem(string name, Table? found, Growth planned)
    {
        if (found is null && (Names.TableProblem(name) ?? _asked.Problem(name)) is { } problem)
        {
            return new LineFault(LineFaultKind.Table, "", $"a table cannot have this name: {problem}");
        }

        if (_made + planned.Tables >= _options.MaxTables && (found is null || !IsMade(found)))
        {
            _metrics.Limited("tables");
            return new LineFault(LineFaultKind.Table, "", $"{_options.MaxTables} tables were made already (gateway.max_tables), so that {name} is not");
        }

        return null;
    }

    private void Put(Table table, Table? before)
    {
        _files.Save(table);
        _tables.Put(table);
        _made += (IsMade(table) ? 1 : 0) - (before is not null && IsMade(before) ? 1 : 0);
        _columns += MadeColumns(table) - MadeColumns(before);
    }

    private static int MadeColumns(Table? table) => table?.Columns.Count(column => column.IsMade) ?? 0;

    /// <summary>Lines made it, or columns of it: it counts to the limit.</summary>
    private static bool IsMade(Table table) => table is { IsMade: true, IsAdopted: false } || Array.Exists(table.Columns, column => column.IsMade);

    [LoggerMessage(7002, LogLevel.Information, "The gateway made, in table {Table}: {Columns}")]
    private partial void LogMade(string table, string columns);

    [LoggerMessage(7006, LogLevel.Information, "The gateway takes lines for the table {Table}, which the database has: {Columns}")]
    private partial void LogFound(string table, string columns);
}
