using System.Globalization;
using System.Text;

namespace Collector.Benchmarks.Lines;

/// <summary>
/// The usual way to write a row: names and values as strings through one growing buffer of text, escaped letter by letter,
/// turned into UTF-8 at the end. Written for this benchmark, as what a careful programmer writes first; it is no one's
/// product.
/// </summary>
internal sealed class PlainTextEncoder
{
    private readonly StringBuilder _text = new();
    private readonly char[] _chars = new char[1 << 20];
    private readonly byte[] _bytes = new byte[1 << 20];

    public void Write(TradeRow row)
    {
        Escaped("trades");
        Tag("symbol", row.Symbol);
        Tag("side", row.Side);
        Field(' ', "price").Append(CultureInfo.InvariantCulture, $"{row.Price}");
        Field(',', "amount").Append(CultureInfo.InvariantCulture, $"{row.Amount}");
        Field(',', "trade_id").Append(row.TradeId).Append('i');
        Field(',', "level").Append(row.Level).Append('i');
        Field(',', "seen").Append((row.Seen.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond).Append('t');
        _text.Append(' ').Append(row.Micros).Append("000\n");
    }

    /// <summary>The bytes of all rows, and an empty buffer.</summary>
    public ReadOnlySpan<byte> Take()
    {
        _text.CopyTo(0, _chars, _text.Length);
        int length = Encoding.UTF8.GetBytes(_chars.AsSpan(0, _text.Length), _bytes);
        _text.Clear();
        return _bytes.AsSpan(0, length);
    }

    private void Tag(string name, string value)
    {
        _text.Append(',');
        Escaped(name);
        _text.Append('=');
        Escaped(value);
    }

    private StringBuilder Field(char before, string name)
    {
        _text.Append(before);
        Escaped(name);
        return _text.Append('=');
    }

    private void Escaped(string text)
    {
        foreach (char c in text)
        {
            if (c is ' ' or ',' or '=' or '\\' or '\n' or '\r')
            {
                _text.Append('\\');
            }

            _text.Append(c);
        }
    }
}
