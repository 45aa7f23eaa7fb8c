using System.Text;

namespace Collector.Testing;

/// <summary>Makes lines wrong, byte by byte, in the places and with the bytes that line protocol stumbles over.</summary>
internal static class LineMutation
{
    private const int LongestCut = 16;
    private static readonly byte[] Spice = Encoding.Latin1.GetBytes(" ,=\\\"\n\r\0\u0010\u000E\u0017itnm_-+.eE0159tfTFaNkcdsv\u00C3\u00FF");

    /// <summary>Overwrites, cuts out or puts in a little of the first <paramref name="length"/> bytes, which may become one more.</summary>
    /// <returns>How many there are now, at least one.</returns>
    public static int Mutate(byte[] data, int length, Random random)
    {
        int at = random.Next(length);
        switch (random.Next(4))
        {
            case 0:
                data[at] = Spice[random.Next(Spice.Length)];
                return length;
            case 1:
                data[at] = (byte)random.Next(256);
                return length;
            case 2 when length > LongestCut:
                int cut = random.Next(1, Math.Min(LongestCut, length - at) + 1);
                data.AsSpan(at + cut, length - at - cut).CopyTo(data.AsSpan(at));
                return length - cut;
            default:
                data.AsSpan(at, length - at).CopyTo(data.AsSpan(at + 1));
                data[at] = Spice[random.Next(Spice.Length)];
                return length + 1;
        }
    }
}
