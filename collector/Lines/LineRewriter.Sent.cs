using System.Globalization;
using System.Numerics;
using Collector.Lines.Tables;

namespace Collector.Lines;

/// <content>Rows whose values are passed on as they were sent.</content>
public sealed partial class LineRewriter
{
    private void AddSent(LineReader row)
    {
        _seriesEnd = _at;
        ReadOnlySpan<ulong> present = row.Present;
        SentValues(row, present, areTags: true);
        int fields = _at;
        SentValues(row, present, areTags: false);
        if (fields == _seriesEnd && _at == fields)
        {
            Prefix(ref _columns[row.Null?.Ordinal ?? 0]); // a row of nothing but nulls has to name a column all the same
        }

        if (_at > fields)
        {
            Byte(fields) = (byte)' ';
        }

        Byte(_at++) = (byte)' ';
        _at += _second.Write(row.Micros, _buffer.AsSpan(_at));
        if (row.Nanos != 0)
        {
            row.Nanos.TryFormat(_buffer.AsSpan(_at - "000\n".Length), out _, "000", CultureInfo.InvariantCulture);
        }

        Rows++;
    }

    private void SentValues(LineReader row, ReadOnlySpan<ulong> present, bool areTags)
    {
        for (int word = 0; word < present.Length; word++)
        {
            for (ulong left = present[word]; left != 0; left &= left - 1)
            {
                ref WrittenColumn column = ref _columns[(word << 6) + BitOperations.TrailingZeroCount(left)];
                ValueKinds kind = row.SentKind(column.Column);
                if (areTags != (kind == ValueKinds.Tag))
                {
                    continue;
                }

                Prefix(ref column);
                Sent(row, column.Column);
            }
        }
    }

    private void Sent(LineReader row, Column column)
    {
        if (row.SentKind(column) == ValueKinds.String)
        {
            Byte(_at++) = (byte)'"';
            Raw(row.Escaped(column));
            Byte(_at++) = (byte)'"';
        }
        else
        {
            Raw(row.Escaped(column));
        }
    }

    /// <summary>As it stands, and room for the row's rest behind it.</summary>
    private void Raw(ReadOnlySpan<byte> bytes)
    {
        EnsureRoom(bytes.Length + _rowRoom);
        bytes.CopyTo(_buffer.AsSpan(_at));
        _at += bytes.Length;
    }
}
