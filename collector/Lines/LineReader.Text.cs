using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace Collector.Lines;

/// <content>Rows as text: version 2's binary doubles as version 1's digits, for people and for clients that know no other.</content>
public sealed partial class LineReader
{
    /// <summary>Digits, sign, point and exponent of the longest double.</summary>
    private const int DoubleRoom = 32;

    private static readonly SearchValues<byte> SeriesMilestones = SearchValues.Create(" \\\n\r"u8);

    /// <summary>
    /// Writes the first row of <paramref name="data"/> as text, its end as one newline. Knows no table and checks nothing: a
    /// faulty row comes out as it stands, cut where its line ends. Doubles are the shortest digits that read as the same double.
    /// </summary>
    /// <param name="isText">False when the row holds a binary value that has no text (an array, a decimal): its bytes are left in.</param>
    /// <returns>How many bytes the row has, its end included; blank lines before it count.</returns>
    public static int WriteText(ReadOnlySpan<byte> data, IBufferWriter<byte> text, out bool isText)
    {
        isText = true;
        int at = 0;
        while (at < data.Length && data[at] is (byte)'\n' or (byte)'\r')
        {
            at++;
        }

        bool inFields = false;
        while (at < data.Length)
        {
            int skip = data[at..].IndexOfAny(inFields ? Milestones : SeriesMilestones);
            int end = skip < 0 ? data.Length : at + skip;
            text.Write(data[at..end]);
            at = end;
            if (at < data.Length && data[at] is (byte)'\n' or (byte)'\r')
            {
                break;
            }

            ReadOnlySpan<byte> rest = data[at..];
            inFields |= rest is [(byte)' ', ..];
            at += rest is [(byte)'=', (byte)'=', ..] ? WriteBinary(rest, text, ref isText) : WriteAsIs(rest, text);
        }

        text.Write("\n"u8);
        return at + (data[at..] is [(byte)'\r', (byte)'\n', ..] ? 2 : Math.Min(1, data.Length - at));
    }

    /// <summary>A value that may hold any byte, or one byte of no meaning.</summary>
    private static int WriteAsIs(ReadOnlySpan<byte> rest, IBufferWriter<byte> text)
    {
        int length = Math.Min(rest.Length, rest switch
        {
            [(byte)'=', (byte)'"', ..] => 2 + Quoted(rest[2..]),
            [(byte)'\\', ..] => 2,
            _ => 1,
        });
        text.Write(rest[..length]);
        return length;
    }

    private static int WriteBinary(ReadOnlySpan<byte> rest, IBufferWriter<byte> text, ref bool isText)
    {
        if (rest.Length >= 11 && rest[2] == BinaryDouble)
        {
            text.Write("="u8);
            Span<byte> digits = text.GetSpan(DoubleRoom);
            Utf8Formatter.TryFormat(BinaryPrimitives.ReadDoubleLittleEndian(rest[3..]), digits, out int written);
            text.Advance(written);
            return 11;
        }

        int length = rest.Length < 3 ? rest.Length : rest[2] switch
        {
            BinaryArray => 2 + (ArrayLength(rest[2..]) ?? 0),
            BinaryDecimal => 2 + (DecimalLength(rest[2..]) ?? 0),
            _ => 2,
        };
        isText &= length <= 2;
        text.Write(rest[..length]);
        return length;
    }
}
