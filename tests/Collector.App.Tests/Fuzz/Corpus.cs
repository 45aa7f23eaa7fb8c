namespace Collector.Tests.App.Fuzz;

/// <summary>
/// Inputs of one kind, <c>tests/corpus/KIND/</c>: those that ever failed, and good ones that a change of a few bytes leads astray.
/// From them an endless row of mutated ones, the same for the same seed.
/// </summary>
internal sealed class Corpus(string kind, int seed)
{
    private const int MostBytes = 4096;

    private static readonly byte[][] Tokens =
    [
        "\0"u8.ToArray(), "\n"u8.ToArray(), "\r\n"u8.ToArray(), "\""u8.ToArray(), "\\"u8.ToArray(), "="u8.ToArray(), "=="u8.ToArray(), ","u8.ToArray(), " "u8.ToArray(), "#"u8.ToArray(),
        "{"u8.ToArray(), "}"u8.ToArray(), "["u8.ToArray(), "]"u8.ToArray(), ":"u8.ToArray(), "NaN"u8.ToArray(), "-inf"u8.ToArray(), "1e999"u8.ToArray(), "9223372036854775808"u8.ToArray(),
        "-0"u8.ToArray(), "\\ud800"u8.ToArray(), [0xC3], [0xFF], [0xEF, 0xBB, 0xBF], [0xE2, 0x80, 0xAE], "true"u8.ToArray(), "null"u8.ToArray(), "  "u8.ToArray(), "\t"u8.ToArray(), "- "u8.ToArray(), "&a "u8.ToArray(), "*a"u8.ToArray(), "# EOF\n"u8.ToArray(), [0x10], [0x0E], [0x17],
    ];

    private readonly Random _random = new(seed);
    private readonly byte[][] _inputs = [.. Directory.GetFiles(Path.Combine(Repository.Folder, "tests", "corpus", kind)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    /// <summary>As they are.</summary>
    public IReadOnlyList<byte[]> Inputs => _inputs;

    /// <summary>The next mutated one.</summary>
    public byte[] Next()
    {
        byte[] input = Any();
        for (int mutations = _random.Next(1, 8); mutations > 0; mutations--)
        {
            input = Mutated(input);
        }

        return input.Length <= MostBytes ? input : input[..MostBytes];
    }

    private byte[] Any() => _inputs[_random.Next(_inputs.Length)];

    private byte[] Mutated(byte[] input)
    {
        int from = _random.Next(input.Length + 1), to = _random.Next(from, Math.Min(input.Length, from + 64) + 1);
        switch (_random.Next(6))
        {
            case 0: // a token in
                return [.. input[..from], .. Tokens[_random.Next(Tokens.Length)], .. input[from..]];
            case 1: // a piece out
                return [.. input[..from], .. input[to..]];
            case 2: // a piece twice
                return [.. input[..to], .. input[from..]];
            case 3: // a piece of another one in
                byte[] other = Any();
                int start = _random.Next(other.Length + 1), end = _random.Next(start, other.Length + 1);
                return [.. input[..from], .. other[start..end], .. input[from..]];
            case 4: // cut off
                return input[..to];
            default: // other bits
                byte[] changed = [.. input];
                if (from < changed.Length)
                {
                    changed[from] ^= (byte)(1 << _random.Next(8));
                }

                return changed;
        }
    }
}
