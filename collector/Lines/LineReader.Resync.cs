using System.Buffers;

namespace Collector.Lines;

/// <content>Finds the next row behind one whose grammar broke, so that a bad row costs one row.</content>
public sealed partial class LineReader
{
    private static readonly SearchValues<byte> Milestones = SearchValues.Create("\n\r\\="u8);

    /// <summary>
    /// Finds the end of a row whose grammar broke at <see cref="_at"/>: the next newline that is not part of a value. Only fields
    /// have values that hold newlines; a quote in a tag is an ordinary byte. The fields begin behind the first space.
    /// </summary>
    private void Resync(ReadOnlySpan<byte> data)
    {
        int at = _rowStart;
        bool isInFields = false;
        while (at < data.Length)
        {
            int skip = data[at..].IndexOfAny(isInFields ? Milestones : SeriesMilestones);
            if (skip < 0)
            {
                break;
            }

            at += skip;
            if (data[at] == (byte)' ')
            {
                isInFields = true;
                at = Math.Max(at, _at); // what was read so far is well-formed
                continue;
            }

            ReadOnlySpan<byte> rest = data[at..];
            if (rest[0] is (byte)'\n' or (byte)'\r')
            {
                _at = at;
                EndLine(data);
                return;
            }

            at += rest switch
            {
                [(byte)'=', (byte)'=', BinaryDouble, ..] => 11,
                [(byte)'=', (byte)'=', BinaryArray, ..] => 2 + (ArrayLength(rest[2..]) ?? rest.Length),
                [(byte)'=', (byte)'=', BinaryDecimal, ..] => 2 + (DecimalLength(rest[2..]) ?? rest.Length),
                [(byte)'=', (byte)'"', ..] => 2 + Quoted(rest[2..]),
                [(byte)'\\', ..] => 2,
                _ => 1,
            };
        }

        _at = data.Length;
    }

    /// <summary>Bytes up to the end of a string, which a newline ends as well as a quote.</summary>
    private static int Quoted(ReadOnlySpan<byte> text)
    {
        for (int at = 0; at < text.Length;)
        {
            int skip = text[at..].IndexOfAny(StringEnd);
            if (skip < 0)
            {
                break;
            }

            at += skip;
            if (text[at] != (byte)'\\')
            {
                return text[at] == (byte)'\n' ? at : at + 1;
            }

            at += 2;
        }

        return text.Length;
    }
}
