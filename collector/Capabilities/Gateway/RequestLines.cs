using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Capabilities.Gateway;

/// <summary>
/// Reads the lines of one request, whichever tables they are of, and writes each table's anew into a buffer of its own.
/// Stops from time to time so that what has gathered can be handed on: a request of any size is held in bounded room. Kept
/// and used again, for one request at a time; a good line allocates nothing.
/// </summary>
internal sealed class RequestLines(GatewayTables tables, TableIntakes doors, ArrivalClock arrivals, GatewayOptions options, GatewayMetrics metrics)
{
    private const string Sender = "gateway";
    private const int ChunkBytes = 1 << 20;
    private const int ChunkRows = 10_000;
    private const int RefusedAtATime = 4096;
    private const int MaxAliases = 4096;

    /// <summary>Stands for no fault: the line is left for the client to send again.</summary>
    private static readonly LineFault Later = new(LineFaultKind.Table, "", "");

    /// <summary>No table can have this name: what reads its lines finds where any line ends.</summary>
    private static readonly Table NoTable = TableGrowth.New("?");

    private readonly Dictionary<string, TableLines> _byName = new(NameComparer.Instance);
    private readonly Dictionary<byte[], TableLines> _byAlias = new(ByteKeys.Instance);
    private readonly LineReader _anyTable = new(NoTable);
    private readonly List<TableLines> _touched = [];
    private readonly List<RefusedRow> _refused = [];
    private readonly HashSet<string> _waiting = new(NameComparer.Instance);
    private ReadOnlyMemory<byte> _data;
    private Precision _precision;
    private DateTimeOffset _now;
    private ReadOnlyMemory<byte> _body;
    private RequestProgress _progress = new();
    private GrowthPlan? _plan;
    private TableLines? _last;
    private (int Position, int Line) _waitsFrom;
    private int _at;
    private int _line;
    private int _held;
    private int _maxLineBytes;
    private int _badEnd;
    private bool _isBegun;

    /// <summary>Tables of which rows may have gathered.</summary>
    public IReadOnlyList<TableLines> Tables => _touched;

    /// <summary>Bad lines since the last <see cref="Handed"/>; they point into the request's data.</summary>
    public IReadOnlyList<RefusedRow> Refused => _refused;

    /// <summary>The table that the database has to be asked for before the next line can be read; null where none is.</summary>
    public string? Wanted { get; private set; }

    /// <summary>Why lines were left out that are neither good nor bad: their table, or a column of it, cannot be made now. Null where there are none.</summary>
    public string? Waits { get; private set; }

    /// <summary>Where what was read of the piece ends.</summary>
    public int Position => _at;

    /// <summary>Where in the piece the first line is that is not dealt with once all that has gathered is, and the request's lines up to there.</summary>
    public (int Position, int Line) Done => Waits is null ? (_at, _line) : _waitsFrom;

    /// <summary>Why reading cannot go on for now; null when it can.</summary>
    public string? Pause { get; private set; }

    /// <summary>The tables as the request finds them.</summary>
    private ITables Known => _plan is null ? tables : _plan;

    /// <summary>The time of the line at <see cref="_at"/> if it brings none. That of a line that is only looked at does not count.</summary>
    private long Arrival => _progress.FirstTime + _line ?? TimeWindow.Micros(_now);

    /// <summary>Begins with a request; <see cref="GoOn"/> follows.</summary>
    /// <param name="body">All of it, as it came.</param>
    /// <param name="now">When it arrived.</param>
    /// <param name="progress">From where on.</param>
    /// <param name="plan">Set to look for bad lines and write nothing; has then what good ones would make.</param>
    public void Begin(ReadOnlyMemory<byte> body, Precision precision, DateTimeOffset now, RequestProgress progress, GrowthPlan? plan = null)
    {
        End();
        (_body, _precision, _now, _progress, _plan) = (body, precision, now, progress, plan);
        (_line, _isBegun) = (progress.Line, false);
    }

    /// <summary>Goes on with the request's next piece, when all before it is read and handed on.</summary>
    /// <param name="isBounded">True when no line is too long.</param>
    public void GoOn(ReadOnlyMemory<byte> data, bool isBounded)
    {
        (_data, _at, _isBegun, _badEnd) = (data, _isBegun ? 0 : _progress.Position, true, -1);
        _anyTable.MaxRowBytes = _maxLineBytes = isBounded ? int.MaxValue : (int)options.MaxLineBytes.Bytes;
        _anyTable.Start(data, TimeWindow.Any);
        foreach (TableLines table in _touched)
        {
            Start(table, table.Table);
        }
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
        _waiting.Clear();
        (_data, _body, _plan, _last, _held) = (default, default, null, null, 0);
        (Wanted, Waits, Pause) = (null, null, null);
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
        (_held, _badEnd) = (0, -1);
    }

    /// <summary>A table cannot be written down now: its lines are left for the client to send again.</summary>
    public void Postpone(string name, Exception reason)
    {
        _waiting.Add(name);
        _waitsFrom = Waits is null ? (_at, _line) : _waitsFrom;
        Waits ??= $"a table cannot be made: {reason.Message}";
    }

    /// <summary>Reads until enough has gathered.</summary>
    /// <returns>False when nothing is left.</returns>
    public bool ReadOn()
    {
        ReadOnlySpan<byte> data = _data.Span;
        Wanted = null;
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

            int rows = IsRepeat(data) ? 0 : ReadRow(data);
            if (Pause is not null)
            {
                return false;
            }

            if (Wanted is not null || rows >= ChunkRows || _held >= ChunkBytes || _refused.Count >= RefusedAtATime)
            {
                return true;
            }
        }
    }

    /// <summary>Goes behind lines that are, byte for byte, the bad one right before them: they are bad for the same reason.</summary>
    private bool IsRepeat(ReadOnlySpan<byte> data)
    {
        if (_at != _badEnd || !data[_at..].StartsWith(_refused[^1].Line.Span))
        {
            return false;
        }

        RefusedRow row = _refused[^1];
        int times = 0;
        for (; data[_at..].StartsWith(row.Line.Span); _at += row.Line.Length)
        {
            times++;
        }

        _line += times;
        _refused[^1] = row with { Times = row.Times + times };
        return true;
    }

    /// <returns>How many rows of its table have gathered.</returns>
    private int ReadRow(ReadOnlySpan<byte> data)
    {
        if (!TableOf(data, out TableLines? lines, out string? name))
        {
            if (name is not null && tables.MustAsk(name) && !_waiting.Contains(name))
            {
                Wanted = name;
                return 0;
            }

            return ReadUnknownTable(data, name);
        }

        LineReader reader = lines.Reader;
        reader.Continue(_at, _line);
        reader.ArrivalMicros = Arrival;
        LineStatus status = reader.Read();
        if (status == LineStatus.Row)
        {
            if (!reader.HasTime && _plan is null && _progress.FirstTime is null)
            {
                return Arrive() ? ReadRow(data) : 0;
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
            string limit = lines.Door.Series.IsFull || _plan is not null
                ? $"the table {lines.Table} has had {options.MaxSeries} different keys today (gateway.max_series), and these are others"
                : $"all tables together have had {options.MaxTotalSeries} different keys today (gateway.max_total_series), and these of {lines.Table} are others";
            Bad(lines.Table, reader, new LineFault(LineFaultKind.Value, lines.Table.Keys[0].Name, limit));
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

    /// <summary>Takes a time for each line of the request: a repeat has them again, whatever becomes of single lines.</summary>
    private bool Arrive()
    {
        ReadOnlySpan<byte> body = _body.Span;
        int mostLines = body.Count((byte)'\n') + body.Count((byte)'\r') + 1;
        if (arrivals.TryTake(mostLines, out long first))
        {
            _progress.FirstTime = first;
            return true;
        }

        Pause = $"the next line without a time would be of {TimeWindow.Text(first)}, more than {LineLimits.Ahead.TotalMinutes:0} min ahead of this machine's clock: it was set back, or such lines come faster than a million a second";
        return false;
    }

    private void Bad(Table? table, LineReader reader, LineFault fault)
    {
        if (Waits is not null)
        {
            return; // it is behind a line that waits: the request's repeat comes by here again
        }

        if (_at > 0 && _data.Span[_at - 1] == (byte)'\r')
        {
            // Within a CR LF it would not stand right before a line: nobody meant it to end one.
            fault = fault with { Message = $"{fault.Message}; the line begins behind a carriage return (\\r), which ends a line" };
        }

        _held += reader.Row.Length;
        _badEnd = reader.Position;
        _refused.Add(new RefusedRow(table, Sender, fault.Line > 0 ? fault : fault with { Line = reader.Line, Position = 1 }, reader.Row));
    }

    /// <summary>Makes what the row just read lacks, and has it read again.</summary>
    /// <returns>Null when it is made; else why it is not.</returns>
    private LineFault? Grow(string name, LineReader reader)
    {
        if (_waiting.Contains(name))
        {
            return Later;
        }

        try
        {
            (Table? table, LineFault? fault) = Known.Grow(name, reader.Unknown!);
            if (table is null || table == reader.Table)
            {
                return fault ?? reader.Fault;
            }

            Start(LinesOf(table), table);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Postpone(name, exception);
            return Later;
        }
    }

    /// <summary>A line of a table that there is not: makes it, or sets the line aside.</summary>
    private int ReadUnknownTable(ReadOnlySpan<byte> data, string? name)
    {
        if (name is not null && options.Unknown == UnknownName.Create && Known.Problem(name) is null)
        {
            LineReader made = TableLines.ReaderOf(TableGrowth.New(name));
            (made.Precision, made.ArrivalMicros, made.MaxRowBytes) = (_precision, Arrival, _maxLineBytes);
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
            unknown = unknown with { Message = name is null ? "a table cannot have this name: it is not valid UTF-8" : Known.Problem(name)?.Message ?? $"there is no table {name[..Math.Min(name.Length, 128)]}" };
        }

        Bad(null, _anyTable, unknown);
        (_at, _line) = (_anyTable.Position, _anyTable.Line);
        return 0;
    }

    /// <summary>Finds the table of the line at <see cref="_at"/>.</summary>
    /// <param name="name">Its name, where there is no such table; null where it is no text.</param>
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
            if (name is null || Known.Find(name) is not { } table)
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

        lines.Start(table, _data, _precision, _maxLineBytes, _now, _progress.TakenTo(table.Name));
    }

    private static string? NameOf(ReadOnlySpan<byte> escaped)
    {
        string name = ForeignText.Name(escaped);
        return name.Length > Names.MaxLength || Utf8.IsValid(escaped) ? name : null;
    }
}
