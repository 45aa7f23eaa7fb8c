using System.Buffers;

namespace Collector.Capabilities.Gateway.Influx;

/// <summary>
/// Escaping, as InfluxDB has it: a backslash makes an ordinary byte only of those that would end the text where it stands,
/// and is one itself before any other byte, another backslash included.
/// </summary>
internal static class InfluxText
{
    /// <summary>What needs a second look outside quotes.</summary>
    private static readonly SearchValues<byte> Bare = SearchValues.Create(" ,=\\\n\r\0"u8);

    private static readonly SearchValues<byte> Quoted = SearchValues.Create("\"\\\n"u8);

    /// <summary>Bytes that a backslash precedes in a line of QuestDB's, outside quotes.</summary>
    private static readonly SearchValues<byte> Special = SearchValues.Create("\\\n\r\0"u8);

    /// <summary>A space, and what InfluxDB passes over as if it were one.</summary>
    public static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t' or 0;

    /// <summary>Where blanks end.</summary>
    public static int Blanks(ReadOnlySpan<byte> data, int at)
    {
        while (at < data.Length && IsBlank(data[at]))
        {
            at++;
        }

        return at;
    }

    /// <summary>How many bytes end the line here: LF, CR LF, or a CR at the end of the data; 0 where no line ends.</summary>
    public static int LineEnd(ReadOnlySpan<byte> data, int at) => data[at..] switch
    {
        [(byte)'\n', ..] or [(byte)'\r'] => 1,
        [(byte)'\r', (byte)'\n', ..] => 2,
        _ => 0,
    };

    public static bool IsLineEnd(ReadOnlySpan<byte> data, int at) => at >= data.Length || LineEnd(data, at) > 0;

    /// <summary>Where a name or a tag's value ends: at a space, a comma or an equals sign, or with the line.</summary>
    /// <param name="equals">False in a measurement, where an equals sign is an ordinary byte.</param>
    /// <param name="isSame">True when QuestDB reads the same text from these bytes.</param>
    public static int BareEnd(ReadOnlySpan<byte> data, int at, bool equals, out bool isSame)
    {
        isSame = true;
        while (true)
        {
            int skip = data[at..].IndexOfAny(Bare);
            if (skip < 0)
            {
                return data.Length;
            }

            at += skip;
            switch (data[at])
            {
                case (byte)'\\':
                    bool escapes = Escapes(data[at..], equals);
                    isSame &= escapes;
                    at += escapes ? 2 : 1;
                    break;
                case (byte)'=' when !equals:
                    at++;
                    break;
                case 0:
                case (byte)'\r' when LineEnd(data, at) == 0:
                    isSame = false;
                    at++;
                    break;
                default:
                    return at;
            }
        }
    }

    /// <summary>Where the closing quote of a string stands; -1 where there is none.</summary>
    /// <param name="isSame">True when QuestDB reads the same text from these bytes.</param>
    public static int StringEnd(ReadOnlySpan<byte> data, int at, out bool isSame)
    {
        isSame = true;
        while (true)
        {
            int skip = data[at..].IndexOfAny(Quoted);
            if (skip < 0)
            {
                return -1;
            }

            at += skip;
            if (data[at] == (byte)'"')
            {
                return at;
            }

            bool escapes = data[at..] is [(byte)'\\', (byte)'"' or (byte)'\\', ..];
            isSame &= escapes;
            at += escapes ? 2 : 1;
        }
    }

    /// <summary>Removes the escapes of a name into <paramref name="plain"/>, and returns the length.</summary>
    public static int Unescape(ReadOnlySpan<byte> given, Span<byte> plain, bool equals)
    {
        int to = 0;
        for (int from = 0; from < given.Length; from++)
        {
            from += Escapes(given[from..], equals) ? 1 : 0;
            plain[to++] = given[from];
        }

        return to;
    }

    /// <summary>Writes a tag's value as QuestDB has it, and returns the length, at most twice that of the value.</summary>
    public static int WriteTag(ReadOnlySpan<byte> given, Span<byte> to)
    {
        int at = 0;
        for (int from = 0; from < given.Length; from++)
        {
            if (Escapes(given[from..], equals: true))
            {
                to[at++] = given[from++];
            }
            else if (Special.Contains(given[from]))
            {
                to[at++] = (byte)'\\';
            }

            to[at++] = given[from];
        }

        return at;
    }

    /// <summary>Writes what stands between a string's quotes as QuestDB has it, and returns the length, at most twice as long.</summary>
    public static int WriteString(ReadOnlySpan<byte> given, Span<byte> to)
    {
        int at = 0;
        for (int from = 0; from < given.Length; from++)
        {
            if (given[from..] is [(byte)'\\', (byte)'"' or (byte)'\\', ..])
            {
                to[at++] = given[from++];
            }
            else if (given[from] is (byte)'\\' or (byte)'\n')
            {
                to[at++] = (byte)'\\';
            }

            to[at++] = given[from];
        }

        return at;
    }

    private static bool Escapes(ReadOnlySpan<byte> text, bool equals) =>
        text is [(byte)'\\', (byte)' ' or (byte)',', ..] || (equals && text is [(byte)'\\', (byte)'=', ..]);
}
