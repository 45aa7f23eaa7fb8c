using System.Text;
using Collector.Lines.Tables;

namespace Collector.Lines;

/// <summary>A row's key values as bytes without escapes, so that a series has one key however its rows are spelt. Not thread-safe.</summary>
public sealed class RowKey
{
    private const byte End = 0xFF; // no byte of UTF-8

    private byte[] _bytes = new byte[256];

    /// <summary>The key of the row last read; valid until the next one is asked for.</summary>
    public ReadOnlySpan<byte> Of(LineReader row)
    {
        int at = 0;
        foreach (Column key in row.Table.Keys)
        {
            ReadOnlySpan<byte> text = row.Has(key) ? row.Escaped(key) : default;
            if (_bytes.Length - at <= text.Length)
            {
                Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, at + text.Length + 1));
            }

            at += LineText.Unescape(text, _bytes.AsSpan(at));
            _bytes[at++] = End;
        }

        return _bytes.AsSpan(0, at);
    }

    /// <summary>The values of a key, in the order of the table's keys; one that the row left out is empty.</summary>
    public static IEnumerable<string> Values(byte[] key)
    {
        for (int at = 0; at < key.Length;)
        {
            int length = key.AsSpan(at).IndexOf(End);
            yield return Encoding.UTF8.GetString(key, at, length);
            at += length + 1;
        }
    }
}
