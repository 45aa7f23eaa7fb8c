using System.Text;
using System.Text.Json;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Capabilities.Status.Recent;

/// <summary>
/// The latest row of one series, and of each number the values before it, NaN where a row had none. Its table locks it.
/// </summary>
internal sealed class RecentSeries(int id, string[] keys, ShownColumn[] columns, int points)
{
    /// <summary>Longer texts are cut, and end in an ellipsis.</summary>
    private const int TextBytes = 400;

    /// <summary>Beyond these a JSON number is not what it was for a reader that has doubles alone (RFC 8259, section 6).</summary>
    private const long LargestExact = (1L << 53) - 1;

    private readonly long[] _bits = new long[columns.Length];
    private readonly bool[] _has = new bool[columns.Length];
    private readonly byte[][] _texts = new byte[columns.Length][];
    private readonly double[] _ring = new double[(columns.Length == 0 ? 0 : columns.Max(column => column.Ring) + 1) * points];
    private readonly string[] _keys = keys;
    private long _micros;
    private long _told;

    public int Id { get; } = id;

    /// <summary>Rows seen, those of one time as one.</summary>
    public long Count { get; private set; }

    /// <summary>The source's interval; null for rows that clients push.</summary>
    public TimeSpan? Interval { get; private set; }

    /// <summary>When its last row came, by the clock's ticks.</summary>
    public long SeenAt { get; private set; }

    public bool IsNew { get; private set; }

    /// <summary>Rows that are new since the last call.</summary>
    public long TakeNews()
    {
        long news = Count - _told;
        (_told, IsNew) = (Count, false);
        return news;
    }

    /// <summary>Takes note of a row. One that is older than the latest is no present value; one of the same time takes its place.</summary>
    public void Observe(LineReader row, TimeSpan? interval, long now)
    {
        (Interval, SeenAt) = (interval, now);
        if (Count > 0 && row.Micros < _micros)
        {
            return;
        }

        Count += Count == 0 || row.Micros > _micros ? 1 : 0;
        (_micros, IsNew) = (row.Micros, true);
        int point = (int)((Count - 1) % points);
        for (int i = 0; i < columns.Length; i++)
        {
            Column column = columns[i].Column;
            _has[i] = row.Has(column);
            if (_has[i])
            {
                Keep(row, column, i);
            }

            if (columns[i].Ring is >= 0 and int ring)
            {
                _ring[(ring * points) + point] = _has[i] ? column.Type == ColumnType.Double ? row.Double(column) : row.Long(column) : double.NaN;
            }
        }
    }

    /// <param name="news">How many of the latest points are written: all that there are, at the most.</param>
    public void Write(Utf8JsonWriter json, ShownColumn[] shown, long news)
    {
        json.WriteStartObject();
        json.WriteNumber("id", Id);
        json.WriteStartArray("key");
        foreach (string key in _keys)
        {
            json.WriteStringValue(key);
        }

        json.WriteEndArray();
        json.WriteString("time", TimeWindow.Text(_micros));
        if (Interval is { } interval)
        {
            json.WriteNumber("interval_seconds", interval.TotalSeconds);
        }
        else
        {
            json.WriteNull("interval_seconds");
        }

        json.WriteNumber("rows", Count);
        json.WriteStartObject("values");
        for (int i = 0; i < shown.Length; i++)
        {
            if (_has[i])
            {
                json.WritePropertyName(shown[i].Column.Name);
                WriteValue(json, shown[i].Column, i);
            }
        }

        json.WriteEndObject();
        json.WriteStartObject("points");
        foreach (ShownColumn column in shown.Where(column => column.Ring >= 0))
        {
            json.WriteStartArray(column.Column.Name);
            for (long at = Count - Math.Min(Math.Min(news, Count), points); at < Count; at++)
            {
                double value = _ring[(column.Ring * points) + (int)(at % points)];
                if (double.IsFinite(value))
                {
                    json.WriteNumberValue(value);
                }
                else
                {
                    json.WriteNullValue();
                }
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void Keep(LineReader row, Column column, int i)
    {
        switch (column.Type)
        {
            case ColumnType.Boolean:
                _bits[i] = row.Boolean(column) ? 1 : 0;
                break;
            case ColumnType.Double:
                _bits[i] = BitConverter.DoubleToInt64Bits(row.Double(column));
                break;
            case ColumnType.Long or ColumnType.Timestamp:
                _bits[i] = row.Long(column);
                break;
            case ColumnType.Other:
                KeepText(Encoding.UTF8.GetBytes(SentText.Of(row.SentKind(column), row.Escaped(column))), i);
                break;
            default:
                KeepText(row.Escaped(column), i);
                break;
        }
    }

    /// <summary>Text seldom changes: what is the same is not copied again.</summary>
    private void KeepText(ReadOnlySpan<byte> escaped, int i)
    {
        _bits[i] = escaped.Length > TextBytes ? 1 : 0;
        escaped = escaped[..Math.Min(escaped.Length, TextBytes)];
        if (_texts[i] is not { } kept || !escaped.SequenceEqual(kept))
        {
            _texts[i] = escaped.ToArray();
        }
    }

    private void WriteValue(Utf8JsonWriter json, Column column, int i)
    {
        switch (column.Type)
        {
            case ColumnType.Boolean:
                json.WriteBooleanValue(_bits[i] != 0);
                break;
            case ColumnType.Double:
                json.WriteNumberValue(BitConverter.Int64BitsToDouble(_bits[i]));
                break;
            case ColumnType.Long when Math.Abs(_bits[i]) > LargestExact:
                json.WriteStringValue(_bits[i].ToString());
                break;
            case ColumnType.Long:
                json.WriteNumberValue(_bits[i]);
                break;
            case ColumnType.Timestamp:
                json.WriteStringValue(TimeWindow.Text(_bits[i]));
                break;
            default:
                json.WriteStringValue(Text(i));
                break;
        }
    }

    private string Text(int i)
    {
        byte[] plain = new byte[_texts[i].Length];
        string text = Encoding.UTF8.GetString(plain, 0, LineText.Unescape(_texts[i], plain));
        return _bits[i] == 0 ? text : text.TrimEnd('\uFFFD') + '…';
    }
}
