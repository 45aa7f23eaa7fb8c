using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Collector.Lines;

/// <summary>
/// A row's timestamp as text. The rows of a batch lie close together, so the digits of the last second are kept, and only
/// those behind it are made anew.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct SecondText
{
    private const long MicrosPerSecond = 1_000_000;

    // Ten digits: from 2001 to 2286.
    private const long Shortest = 1_000_000_000;
    private const long Longest = 9_999_999_999;

    private long _second;
    private Vector128<byte> _digits;

    /// <summary>Writes the nanoseconds and the line's end.</summary>
    /// <param name="micros">Microseconds since 1970; of a row that is taken back, perhaps before.</param>
    /// <param name="to">At least 32 bytes.</param>
    /// <returns>How many bytes were written.</returns>
    public int Write(long micros, Span<byte> to)
    {
        long second = micros / MicrosPerSecond;
        if (second != _second || second == 0)
        {
            if (second is < Shortest or > Longest)
            {
                Utf8Formatter.TryFormat(micros, to, out int digits);
                "000\n"u8.CopyTo(to[digits..]);
                return digits + 4;
            }

            Span<byte> text = stackalloc byte[16];
            Utf8Formatter.TryFormat(second, text, out _);
            _digits = Vector128.Create<byte>(text);
            _second = second;
        }

        _digits.CopyTo(to);
        Digits.Eight((uint)(micros - (second * MicrosPerSecond)) * 100, ref to[10]); // two zeros too many, written over below
        BinaryPrimitives.WriteUInt32LittleEndian(to[16..], 0x0A_30_30_30);
        return 20;
    }
}
