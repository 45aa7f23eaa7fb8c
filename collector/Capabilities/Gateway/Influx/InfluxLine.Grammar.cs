using System.Buffers;
using System.Buffers.Text;
using Collector.Lines;

namespace Collector.Capabilities.Gateway.Influx;

/// <content>The grammar.</content>
internal sealed partial class InfluxLine
{
    /// <summary>As many digits are always in the range of a LONG.</summary>
    private const int LongDigits = 18;

    private const string Trailing = " (a backslash at the end of a tag's value makes the space behind it part of that value; InfluxDB's line protocol cannot say it)";

    private static readonly SearchValues<byte> ValueStop = SearchValues.Create(" ,\n\r"u8);

    private bool Measurement(ReadOnlySpan<byte> data)
    {
        int start = _at;
        if (data[start] == (byte)',')
        {
            return Fail(LineFaultKind.Syntax, start, "the measurement is missing");
        }

        // Lines of one table come together: try the last one's.
        int end = _table is { Given: not [.., (byte)'\\'] } last && data[start..].StartsWith(last.Given) ? start + last.Given.Length : data.Length;
        if (end >= data.Length || data[end] is not ((byte)' ' or (byte)','))
        {
            end = InfluxText.BareEnd(data, start, equals: false, out _);
            _table = _tables.Find(data[start..end]);
        }

        _at = end;
        if (_table!.Problem is { } problem)
        {
            return Fail(LineFaultKind.Table, start, problem);
        }

        _hasTable = true;
        _isSame &= _table.IsSame;
        return InfluxText.IsLineEnd(data, end) ? NoFields(end, false) : true;
    }

    private bool Tags(ReadOnlySpan<byte> data)
    {
        while (data[_at] == (byte)',')
        {
            _at++;
            if (!Name(data, "tag", out InfluxName? name))
            {
                return false;
            }

            int start = _at;
            _at = InfluxText.BareEnd(data, start, equals: true, out bool isSame);
            _isSame &= isSame;
            if (_at == start)
            {
                return Fail(LineFaultKind.Syntax, start, $"the tag {ForeignText.Show(name.Given)} has no value");
            }

            if (_at < data.Length && data[_at] == (byte)'=')
            {
                return Fail(LineFaultKind.Syntax, _at, $"an equals sign within a tag's value has to be escaped{Hint(data[start.._at])}");
            }

            if (!Add(name, PartKind.Tag, start, _at))
            {
                return false;
            }

            if (InfluxText.IsLineEnd(data, _at))
            {
                return NoFields(_at, data[start.._at].Contains((byte)'\\'));
            }
        }

        return true;
    }

    private bool Fields(ReadOnlySpan<byte> data)
    {
        int space = _at;
        _at = InfluxText.Blanks(data, space);
        _isSame &= _at == space + 1;
        if (InfluxText.IsLineEnd(data, _at))
        {
            return NoFields(_at, false);
        }

        while (true)
        {
            if (!Name(data, "field", out InfluxName? name) || !Value(data, name))
            {
                return false;
            }

            if (_at >= data.Length || data[_at] != (byte)',')
            {
                return true;
            }

            _at++;
        }
    }

    private bool Value(ReadOnlySpan<byte> data, InfluxName name)
    {
        int start = _at;
        if (start < data.Length && data[start] == (byte)'"')
        {
            return String(data, name);
        }

        int length = data[start..].IndexOfAny(ValueStop);
        _at = length < 0 ? data.Length : start + length;
        InfluxValue value = InfluxNumber.Read(data[start.._at], out string? problem);
        if (value == InfluxValue.None)
        {
            return Fail(LineFaultKind.Value, start, $"{name.Name}: {problem}", name.Name);
        }

        _isSame &= value == InfluxValue.Same;
        return Add(name, value == InfluxValue.Unsigned ? PartKind.Unsigned : PartKind.Bare, start, _at) && Follows(data, "a value");
    }

    private bool String(ReadOnlySpan<byte> data, InfluxName name)
    {
        int start = _at + 1;
        int end = InfluxText.StringEnd(data, start, out bool isSame);
        if (end < 0)
        {
            return Fail(LineFaultKind.Syntax, _at, $"the string of {ForeignText.Show(name.Name)} is not closed");
        }

        _isSame &= isSame;
        _at = end + 1;
        return Add(name, PartKind.String, start, end) && Follows(data, "the closing quote");
    }

    private bool Follows(ReadOnlySpan<byte> data, string what) => InfluxText.IsLineEnd(data, _at) || data[_at] is (byte)' ' or (byte)','
        || Fail(LineFaultKind.Syntax, _at, $"a comma, a space or the line's end has to follow {what}");

    private bool Time(ReadOnlySpan<byte> data)
    {
        if (InfluxText.IsLineEnd(data, _at))
        {
            return true;
        }

        int space = _at;
        _at = InfluxText.Blanks(data, space);
        _isSame &= _at == space + 1;
        if (InfluxText.IsLineEnd(data, _at))
        {
            _isSame = false;
            return true;
        }

        int start = _at;
        int end = start + InfluxNumber.Digits(data[start..]);
        if (end == start)
        {
            bool isNegative = data[start] == (byte)'-' && InfluxNumber.Digits(data[(start + 1)..]) > 0;
            return Fail(LineFaultKind.Timestamp, start, isNegative ? "a time before 1970 cannot be stored" : "a time is expected here, which is digits");
        }

        if (end - start > LongDigits && !(Utf8Parser.TryParse(data[start..end], out long _, out int used) && used == end - start))
        {
            return Fail(LineFaultKind.Timestamp, start, $"{ForeignText.Show(data[start..end])} is beyond the times that can be stored");
        }

        _at = InfluxText.Blanks(data, end);
        _isSame &= _at == end;
        (_timeStart, _timeEnd) = (start, end);
        return InfluxText.IsLineEnd(data, _at) || Fail(LineFaultKind.Syntax, _at, "nothing may stand behind the time");
    }

    /// <summary>Reads <c>name=</c>.</summary>
    private bool Name(ReadOnlySpan<byte> data, string what, out InfluxName name)
    {
        // Lines of one writer name the same in the same order: try what stood here in the line before.
        name = _parts[Math.Min(_count, MaxParts - 1)].Name;
        if (name is not null && data[_at..].StartsWith(name.Given) && data[(_at + name.Given.Length)..] is [(byte)'=', ..])
        {
            _at += name.Given.Length + 1;
            return true;
        }

        int start = _at;
        int end = InfluxText.BareEnd(data, start, equals: true, out _);
        if (end == start || end >= data.Length || data[end] != (byte)'=')
        {
            _at = end;
            return Fail(LineFaultKind.Syntax, start, end == start ? $"the name of a {what} is missing" : $"expected {what}=value, found {ForeignText.Show(data[start..end])}");
        }

        name = _columns.Find(data[start..end]);
        _at = end + 1;
        return name.Problem is null || Fail(LineFaultKind.Column, start, name.Problem, name.Name);
    }

    /// <summary>Takes a tag or a field in, unless its column is taken.</summary>
    private bool Add(InfluxName name, PartKind kind, int start, int end)
    {
        if (_count == MaxParts)
        {
            return Fail(LineFaultKind.Column, start, $"the line has more than {MaxParts} tags and fields");
        }

        if (name.Seat.Line == _line)
        {
            ref Part other = ref _parts[name.Seat.Place];
            if (!ReferenceEquals(other.Name, name))
            {
                return Fail(LineFaultKind.Column, start, $"{ForeignText.Show(other.Name.Given)} and {ForeignText.Show(name.Given)} would both be the column {name.Name}", name.Name);
            }

            if (kind == PartKind.Tag || other.Kind == PartKind.Tag)
            {
                return Fail(LineFaultKind.Column, start, kind == PartKind.Tag
                    ? $"the tag {ForeignText.Show(name.Given)} stands twice"
                    : $"a tag and a field are both called {ForeignText.Show(name.Given)}, and would be one column", name.Name);
            }

            other.Kind = PartKind.Dropped;
            _isSame = false;
        }

        _isSame &= name.IsSame;
        (name.Seat.Line, name.Seat.Place) = (_line, _count);
        _parts[_count++] = new Part(name, kind, start, end);
        return true;
    }

    private bool NoFields(int at, bool hasBackslash) =>
        Fail(LineFaultKind.Syntax, at, $"the line has no field{(hasBackslash ? Trailing : "")}");

    private static string Hint(ReadOnlySpan<byte> value) => value.IndexOf("\\ "u8) >= 0 ? Trailing : "";

    private static int NextLine(ReadOnlySpan<byte> data, int at)
    {
        int end = data[at..].IndexOf((byte)'\n');
        return end < 0 ? data.Length : at + end + 1;
    }

    /// <summary>
    /// Behind the end of a line whose grammar broke: the first LF that is part of no string, or of one that never ends. Strings
    /// stand among the fields, behind the first space; in a tag a quote is an ordinary byte.
    /// </summary>
    /// <param name="at">Where the line begins, its leading blanks passed over.</param>
    /// <param name="broke">Where its grammar broke: what stands before it is well-formed.</param>
    private static int Resync(ReadOnlySpan<byte> data, int at, int broke)
    {
        while (at < data.Length && data[at] is not ((byte)' ' or (byte)'\n'))
        {
            at += data[at] == (byte)'\\' && at + 1 < data.Length && data[at + 1] != (byte)'\n' ? 2 : 1;
        }

        // A string opens behind an equals sign only, and the grammar may have broken right behind one.
        at = Math.Max(at, broke > 0 && broke < data.Length && data[broke] == (byte)'"' && data[broke - 1] == (byte)'=' ? broke - 1 : broke);
        while (at < data.Length)
        {
            int skip = data[at..].IndexOfAny((byte)'\n', (byte)'=');
            if (skip < 0)
            {
                break;
            }

            at += skip + 1;
            if (data[at - 1] == (byte)'\n')
            {
                return at;
            }

            if (at < data.Length && data[at] == (byte)'"')
            {
                int end = InfluxText.StringEnd(data, at + 1, out _);
                if (end < 0)
                {
                    return NextLine(data, at);
                }

                at = end + 1;
            }
        }

        return data.Length;
    }
}
