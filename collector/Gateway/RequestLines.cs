using System.Diagnostics.CodeAnalysis;
using System.Text;
using Collector.Lines;
using Collector.Tables;

namespace Collector.Gateway;

/// <summary>
/// Reads the lines of one request, whichever tables they are of, and writes each table's anew into a buffer of its own.
/// Stops from time to time so that what has gathered can be handed on: a request of any size is held in bounded room. Kept
/// and used again, for one request at a time; a good line allocates nothing.
/// </summary>
internal sealed class RequestLines(GatewayTables tables, TableDoors doors, ArrivalClock arrivals, GatewayOptions options, GatewayMetrics metrics)
{
    private const string Sender = "gateway";
    private const int ChunkBytes = 1 << 20;
    private const int ChunkRows = 10_000;
    private const int RefusedAtATime = 256;
    private const int MaxAliases = 4096;

    /// <summary>No table can have this name: what reads its lines finds where any line ends.</summary>
    private static readonly Table NoTable = TableGrowth.New("?");

    private readonly Dictionary<string, TableLines> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<byte[], TableLines> _byAlias = new(ByteKeys.Instance);
    private readonly LineReader _anyTable = new(NoTable);
    private readonly List<TableLines> _touched = [];
    private readonly List<RefusedRow> _refused = [];
    private ReadOnlyMemory<byte> _data;
    private Precision _precision;
    private DateTimeOffset _now;
    private RequestProgress _progress = new();
    private GrowthPlan? _plan;
    private ITables _tables = tables;
    private TableLines? _last;
    private int _at;
    private int _line;
    private int _held;

    /// <summary>Tables of which rows may have gathered.</summary>
    public IReadOnlyList<TableLines> Tables => _touched;

    /// <summary>Bad lines since the last <see cref="Handed"/>; they point into the request's data.</summary>
    public IReadOnlyList<RefusedRow> Refused => _refused;

    /// <summary>Where what was read ends, and the lines up to there.</summary>
    public (int Position, int Line) Read => (_at, _line);

    /// <summary>Why reading cannot go on for now; null when it can.</summary>
    public string? Pause { get; private set; }

    /// <summary>The time of the line at <see cref="_at"/> if it brings none. That of a line that is only looked at does not count.</summary>
    private long Arrival => _progress.FirstTime + _line ?? TimeWindow.Micros(_now);

    /// <summary>Begins with a request.</summary>
    /// <param name="now">When it arrived.</param>
    /// <param name="progress">From where on.</param>
    /// <param name="plan">Set to look for bad lines and write nothing; has then what good ones would make.</param>
    public void Begin(ReadOnlyMemory<byte> data, Precision precision, DateTimeOffset now, RequestProgress progress, GrowthPlan? plan = null)
    {
        End();
        (_data, _precision, _now, _progress, _plan, _tables) = (data, precision, now, progress, plan, plan ?? (ITables)tables);
        (_at, _line) = (progress.Position, progress.Line);
        _anyTable.Start(data, TimeWindow.Any);
    }

    /// <summary>Lets go of the request's data and of all buffers.</summary>
    public void End()
    {
        foreach (TableLines table in _touched)
        {
            table.End();
        }

        if (_plan is { IsEmpty: false })
        {
            // Of tables that were planned nothing stays.
            _byName.Clear();
            _byAlias.Clear();
        }

        _touched.Clear();
        _refused.Clear();
        (_data, _plan, _tables, _last, _held, Pause) = (default, null, tables, null, 0, null);
        _anyTable.Start(default, TimeWindow.Any);
    }

    /// <summary>What had gathered was handed on.</summary>
    public void Handed()
    {
        foreach (TableLines table in _touched)
        {
            table.Written.Clear();
        }

        _refused.Clear();
        _held = 0;
    }

    /// <summary>Reads until enough has gathered.</summary>
    /// <returns>False when nothing is left, or there is a <see cref="Pause"/>.</returns>
    /// <exception cref="IOException">A table that has to be made, or the time of arrival, cannot be written down.</exception>
    public bool ReadOn()
    {
        ReadOnlySpan<byte> data = _data.Span;
        while (true)
        {
            while (_at < data.Length && data[_at] is (byte)'\n' or (byte)'\r')
            {
                _at++;
            }

            if (_at >= data.Length)
            {
                return false;
            }

            int rows = ReadRow(data);
            if (Pause is not null)
            {
                return false;
            }

            if (rows >= ChunkRows || _held >= ChunkBytes || _refused.Count >= RefusedAtATime)
            {
                return true;
            }
        }
    }

    /// <returns>How many rows of its table have gathered.</returns>
    private int ReadRow(ReadOnlySpan<byte> data)
    {
        if (!TableOf(data, out TableLines? lines, out string? name))
        {
            return ReadStranger(data, name!);
        }

        LineReader reader = lines.Reader;
        reader.Continue(_at, _line);
        reader.ArrivalMicros = Arrival;
        LineStatus status = reader.Read();
        if (status == LineStatus.Row)
        {
            if (!reader.HasTime && _plan is null && _progress.FirstTime is null)
            {
                return Arrive(data) ? ReadRow(data) : 0;
            }

            Good(lines, reader);
        }
        else if (reader.WantsColumns && options.Unknown == UnknownName.Create)
        {
            if (Grow(lines.Table.Name, reader) is not { } fault)
            {
                return ReadRow(data);
            }

            Bad(lines.Table, reader, fault);
        }
        else
        {
            Bad(lines.Table, reader, reader.Fault!);
        }

        (_at, _line) = (reader.Position, reader.Line);
        return lines.Written.Rows;
    }

    private void Good(TableLines lines, LineReader reader)
    {
        if (_at < lines.TakenTo)
        {
            return;
        }

        LineRewriter written = lines.Written;
        int before = written.Bytes;
        written.Add(reader);
        if (lines.Table.Keys.Length > 0 && !Admits(lines.Door.Series, written.Series))
        {
            written.TakeBack();
            metrics.Limited("series");
            Bad(lines.Table, reader, new LineFault(
                LineFaultKind.Value, lines.Table.Keys[0].Name, $"the table {lines.Table} has had {options.MaxSeries} different keys today (gateway.max_series), and these are others"));
            return;
        }

        if (_plan is not null)
        {
            written.TakeBack();
        }

        _held += written.Bytes - before;
    }

    private bool Admits(SeriesLimit limit, ReadOnlySpan<byte> series)
    {
        long now = TimeWindow.Micros(_now);
        return _plan?.Admits(limit, series, now) ?? limit.Admits(series, now);
    }

    /// <summary>Takes a time for each line from here on: a repeat of the request has them again, whatever becomes of single lines.</summary>
    private bool Arrive(ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<byte> rest = data[_at..];
        int mostLines = rest.Count((byte)'\n') + rest.Count((byte)'\r') + 1;
        if (arrivals.TryTake(mostLines, out long first))
        {
            _progress.FirstTime = first - _line;
            return true;
        }

        Pause = $"the next line without a time would be of {TimeWindow.Text(first)}, more than {LineLimits.Ahead.TotalMinutes:0} min ahead of this machine's clock: it was set back, or such lines come faster than a million a second";
        return false;
    }

    private void Bad(Table? table, LineReader reader, LineFault fault)
    {
        if (_at > 0 && _data.Span[_at - 1] == (byte)'\r')
        {
            // Within a CR LF it would not stand right before a line: nobody meant it to end one.
            fault = fault with { Message = $"{fault.Message}; the line begins behind a carriage return (\\r), which ends a line" };
        }

        _refused.Add(new RefusedRow(table, Sender, fault.Line > 0 ? fault : fault with { Line = reader.Line, Position = 1 }, reader.Row));
    }

    /// <summary>Makes what the row just read lacks, and has it read again.</summary>
    /// <returns>Null when it is made; else why it is not.</returns>
    private LineFault? Grow(string name, LineReader reader)
    {
        (Table? table, LineFault? fault) = _tables.Grow(name, reader.Unknown!);
        if (table is null || table == reader.Table)
        {
            return fault ?? reader.Fault;
        }

        Start(LinesOf(table), table);
        return null;
    }

    /// <summary>A line of a table that there is not: makes it, or sets the line aside.</summary>
    private int ReadStranger(ReadOnlySpan<byte> data, string name)
    {
        if (options.Unknown == UnknownName.Create && _tables.Problem(name) is null)
        {
            var made = new LineReader(TableGrowth.New(name)) { Unknown = [], Precision = _precision, ArrivalMicros = Arrival };
            made.Start(_data, TimeWindow.At(_now, made.Table));
            made.Continue(_at, _line);
            made.Read();
            LineFault? fault = made.WantsColumns
                ? Grow(name, made)
                : made.Fault ?? new LineFault(LineFaultKind.Column, "", "the table is not there, and the line has no value from which it could be made");
            if (fault is null)
            {
                return ReadRow(data);
            }

            Bad(null, made, fault);
            (_at, _line) = (made.Position, made.Line);
            return 0;
        }

        _anyTable.Continue(_at, _line);
        _anyTable.Read();
        LineFault unknown = _anyTable.Fault!;
        if (unknown.Kind == LineFaultKind.Table)
        {
            unknown = unknown with { Message = _tables.Problem(name)?.Message ?? $"there is no table {name[..Math.Min(name.Length, 128)]}" };
        }

        Bad(null, _anyTable, unknown);
        (_at, _line) = (_anyTable.Position, _anyTable.Line);
        return 0;
    }

    /// <summary>Finds the table of the line at <see cref="_at"/>.</summary>
    /// <param name="name">Its name, where there is no such table.</param>
    private bool TableOf(ReadOnlySpan<byte> data, [NotNullWhen(true)] out TableLines? lines, out string? name)
    {
        ReadOnlySpan<byte> row = data[_at..];
        name = null;
        lines = _last;
        if (lines is not null && row.StartsWith(lines.Name) && row.Length > lines.Name.Length && row[lines.Name.Length] is (byte)',' or (byte)' ')
        {
            return true;
        }

        ReadOnlySpan<byte> escaped = row[..LineReader.TableNameLength(row)];
        if (!_byAlias.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(escaped, out lines) || !lines.IsTouched)
        {
            name = NameOf(escaped);
            if (_tables.Find(name) is not { } table)
            {
                return false;
            }

            lines = LinesOf(table);
            Start(lines, table);
            if (_byAlias.Count >= MaxAliases)
            {
                _byAlias.Clear(); // a name can be spelt in many ways
            }

            _byAlias[escaped.ToArray()] = lines;
        }

        _last = lines;
        return true;
    }

    private TableLines LinesOf(Table table)
    {
        if (!_byName.TryGetValue(table.Name, out TableLines? lines))
        {
            _byName[table.Name] = lines = new TableLines(table, doors);
        }

        return lines;
    }

    private void Start(TableLines lines, Table table)
    {
        if (!lines.IsTouched)
        {
            _touched.Add(lines);
        }

        lines.Start(table, _data, _precision, _now, _progress.TakenTo(table.Name));
    }

    private static string NameOf(ReadOnlySpan<byte> escaped)
    {
        var plain = new byte[escaped.Length];
        return Encoding.UTF8.GetString(plain, 0, LineText.Unescape(escaped, plain));
    }
}
