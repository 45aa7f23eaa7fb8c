using System.Text;

namespace Collector.Sources.Exchange;

/// <summary>
/// What a venue has refused on one connection. A refusal that names symbols stands for as long as the connection does, since
/// nothing is asked for again meanwhile, or until there is data of all of them; one that names none, until there is any.
/// </summary>
/// <param name="symbols">The symbols subscribed to, as they stand in a message.</param>
internal sealed class Refusals(IReadOnlyList<byte[]> symbols)
{
    /// <summary>Refusals that are kept; of more, only the first ones are told.</summary>
    private const int Most = 64;

    private const int MostBytes = 300;

    private readonly List<(List<byte[]> Symbols, string Text)> _standing = [];

    /// <summary>All that stand, the first few in words; null where none does.</summary>
    public string? Told
    {
        get
        {
            var told = new Problems();
            _standing.ForEach(refusal => told.Add(refusal.Text));
            return told.Count == 0 ? null : told.ToString();
        }
    }

    /// <summary>A connection begins.</summary>
    public void Clear() => _standing.Clear();

    public void Add(ReadOnlySpan<byte> message)
    {
        string text = Encoding.UTF8.GetString(message[..Math.Min(message.Length, MostBytes)]);
        if (_standing.Count == Most || _standing.Exists(refusal => refusal.Text == text))
        {
            return;
        }

        var named = new List<byte[]>();
        foreach (byte[] symbol in symbols)
        {
            if (Names(message, symbol))
            {
                named.Add(symbol);
            }
        }

        _standing.Add((named, text));
    }

    /// <summary>Data arrived: what it tells of is not refused.</summary>
    public void Hear(ReadOnlySpan<byte> data)
    {
        for (int i = _standing.Count - 1; i >= 0; i--)
        {
            List<byte[]> named = _standing[i].Symbols;
            for (int j = named.Count - 1; j >= 0; j--)
            {
                if (Names(data, named[j]))
                {
                    named.RemoveAt(j);
                }
            }

            if (named.Count == 0)
            {
                _standing.RemoveAt(i);
            }
        }
    }

    /// <summary>Whether the symbol stands in the message as a word of its own, in upper or lower case: <c>btcusdt@trade</c> names BTCUSDT, and BTC-USD not BTC.</summary>
    private static bool Names(ReadOnlySpan<byte> message, byte[] symbol)
    {
        for (int at = 0; at <= message.Length - symbol.Length; at++)
        {
            if (Ascii.EqualsIgnoreCase(message.Slice(at, symbol.Length), symbol)
                && (at == 0 || !IsOfSymbol(message[at - 1])) && (at + symbol.Length == message.Length || !IsOfSymbol(message[at + symbol.Length])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOfSymbol(byte letter) => char.IsAsciiLetterOrDigit((char)letter) || letter is (byte)'-' or (byte)'/' or (byte)'_';
}
