using System.Text;

namespace Collector.IntegrationTests.Lines;

internal sealed record GeneratedLine(byte[] Bytes, long Micros);

/// <summary>Lines from a seed: valid ones, nearly valid ones, and each kind of value for each type of column.</summary>
internal static class LineGenerator
{
    private const long FirstMicros = 1_700_000_000_000_000;

    private static readonly string[] Columns = ["k", "s", "b", "l", "d", "t", "v"];

    private static readonly string[] Values =
    [
        "", "t", "f", "T", "F", "true", "false", "TRUE", "False", "tRuE", "tr", "yes",
        "0i", "1i", "-1i", "007i", "-0i", "+5i", "5_0i", "1_000_000i", "_5i", "5_i", "5__0i", "-_5i", "-5_0i", "9223372036854775807i", "9223372036854775808i",
        "-9223372036854775808i", "-9223372036854775809i", "i", "-i", "5I", "5u", "0x10i", "1.5i", "1e3i",
        "0", "1", "-1", "1.5", "-1.5", "+1", "+1.5", ".5", "5.", ".", "-", "+", "-.5", "1e5", "1E5", "1e+5", "1e-5", "1e", "e5", "1.5.5", "1e400", "-1e400", "1e-400", "5e-324",
        "0e5", "-0", "-0.0", "0.1", "1e308", "123456789012345678", "0.30000000000000004", "1_0", "1_0.5", "0x10", "1f", "1d", "1.5d", "5e3d", "1D", "nan", "NaN", "-NaN", "Infinity", "-Infinity", "+Infinity", "infinity", "inf", "∞",
        "5t", "-5t", "5999n", "-5999n", "5m", "-5m", "5s", "5T", "5_0t", "9223372036854775807t", "-9223372036854775808t", "9223372036854775807m", "-9223372036854775808n", "1700000000000000t",
        "\"\"", "\"text\"", "\"a b,c=d\"", "\"a\\\"b\"", "\"a\\\\\"", "\"a\\nb\"", "\"a\\\nb\"", "\"a\\\rb\"", "\"a\rb\"", "\"a\nb\"", "\"é→😀\"", "\"t\"", "\"5i\"", "\"\t\"", "\"\u0001\"", "\"\0\"", "\"a\"b", "\"a\" ", "\"a", "a\"", "\"a\\\"", "'a'", "text", "a\\ b",
        "1\\i", "1i\\ ", "1i\t", " 1i", "1i ", "1.5\0", "\u00A0",
    ];

    private static readonly string[] TagValues =
    [
        "", "a", "text", "a\\ b", "a\\,b", "a\\=b", "a\\\\b", "a\\nb", "a\\\nb", "a\\\rb", "a\"b", "\"a\"", "\"a b\"", "a=b", "a b", "é→😀", "a\tb", "a\u0001b", "a\0b", "a\\\0b", "5i", "t", "1.5", "a\\", "a\\\\",
        "\u001f", "\u007f", "\\a", "a\rb", "a,b",
    ];

    private static readonly string[] Times =
    [
        "{ns}", "{ns}", "{ns}", "{us}t", "{ns}n", " {ns}", "{ns} ", "{ns}\t", "{us}i", "{ns},", "{ns} x", "x{ns}", "+{ns}", "-5", "-{ns}", "{ns}x", "{us}.5", "\"{ns}\"", "{ns}T", "{ns}\\", "t", "n", "m", "{ns}=1", "l={ns}",
    ];

    /// <summary>Stands behind a line that gets no end.</summary>
    private const string Unended = "{unended}";

    private static readonly byte[] Noise = Encoding.Latin1.GetBytes(" ,=\\\"\n\r\0\t\u0010\u000E\u0017itnm_-+.eE019fTFaNklsbdv\u00C3\u00A9\u00FF");

    public static GeneratedLine[] Make(string table, int count, int seed)
    {
        var random = new Random(seed);
        List<Func<string>> sure =
        [
            .. Columns.SelectMany(column => Values.Select<string, Func<string>>(value => () => $"{table},k=a {column}={value} {{ns}}")),
            .. Columns.SelectMany(column => Values.Select<string, Func<string>>(value => () => $"{table} b=t,{column}={value},l=7i {{ns}}")),
            .. Columns.SelectMany(column => TagValues.Select<string, Func<string>>(value => () => $"{table},{column}={value} b=t {{ns}}")),
            .. Times.Select<string, Func<string>>(time => () => $"{table},k=a b=t {time}"),
            .. Columns.SelectMany(column => Binaries(random).Select<string, Func<string>>(value => () => $"{table},k=a {column}={value} {{ns}}")),
        ];
        sure.Add(() => $"{table},k=a\\{Unended}");
        sure.Add(() => $"{table},k=a v=\"a\\{Unended}");
        var lines = new GeneratedLine[count];
        for (int i = 0; i < count; i++)
        {
            long micros = FirstMicros + (i * 1000L);
            string text = i < sure.Count ? sure[i]() : Random(table, random);
            byte[] bytes = Utf8(text.EndsWith(Unended, StringComparison.Ordinal) ? text[..^Unended.Length] : text.Replace("{ns}", $"{micros}000", StringComparison.Ordinal).Replace("{us}", $"{micros}", StringComparison.Ordinal) + (random.Next(20) == 0 ? "\r\n" : "\n"));
            if (i >= sure.Count && random.Next(4) == 0)
            {
                Spoil(bytes, table.Length, random);
            }

            lines[i] = new GeneratedLine(bytes, micros);
        }

        return lines;
    }

    private static string Random(string table, Random random)
    {
        var text = new StringBuilder(random.Next(30) == 0 ? table.ToUpperInvariant() : table);
        for (int i = random.Next(3); i > 0; i--)
        {
            text.Append($",{Name(random)}={TagValues[random.Next(TagValues.Length)]}");
        }

        Odd(text, random, ",");
        text.Append(' ');
        Odd(text, random, " ");
        int fields = random.Next(0, 5);
        for (int i = 0; i < fields; i++)
        {
            string value = random.Next(6) == 0 ? Binary(random) : Values[random.Next(Values.Length)];
            text.Append($"{(i == 0 ? "" : ",")}{Name(random)}={value}");
        }

        Odd(text, random, ",");
        if (fields > 0)
        {
            text.Append(' ');
        }

        return text.Append(random.Next(10) == 0 ? Times[random.Next(Times.Length)] : "{ns}").ToString();
    }

    private static void Odd(StringBuilder text, Random random, string what)
    {
        if (random.Next(20) == 0)
        {
            text.Append(what);
        }
    }

    private static string Name(Random random) => random.Next(40) switch
    {
        0 => "nope",
        1 => "",
        2 => "\\l",
        3 => "L",
        4 => "timestamp",
        5 => "a b",
        _ => Columns[random.Next(Columns.Length)],
    };

    private static string[] Binaries(Random random) =>
    [
        .. Enumerable.Range(0, 12).Select(_ => Binary(random)),
        "=\u0010\0\0\0\0\0\0ø\u007f", "=\u0010\0\0\0\0\0\0ð\u007f", "=\u0010\n\n\n\n\n\n\n\n", "=\u0010\"\"\"\"\"\"\"\"", "=\u0010\\\\\\\\\\\\\\\\", "=\u0010        ", "=\u0010\0\0\0\0\0\0ð?x",
        "=\u000E\n\u0001\u0001\0\0\0\0\0\0\0\0\0ð?", "=\u0017\u0001\u0001\u000f", "=\u0017\0\u0001\u0005", "=\u0011\0\0\0\0\0\0\0\0",
    ];

    private static string Binary(Random random)
    {
        Span<byte> eight = stackalloc byte[8];
        random.NextBytes(eight);
        return "=\u0010" + Encoding.Latin1.GetString(eight);
    }

    /// <summary>Behind a binary mark each character is a byte; elsewhere text is UTF-8.</summary>
    private static byte[] Utf8(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (int i = 0; i < text.Length;)
        {
            int binary = text[i] != '=' || i + 1 >= text.Length || text[i + 1] != '=' || i + 2 >= text.Length ? 0 : text[i + 2] switch
            {
                '\u0010' or '\u0011' => 11,
                '\u000E' => 17,
                '\u0017' => 6,
                _ => 0,
            };
            int length = Math.Min(binary > 0 ? binary : char.IsHighSurrogate(text[i]) ? 2 : 1, text.Length - i);
            bytes.AddRange((binary > 0 ? Encoding.Latin1 : Encoding.UTF8).GetBytes(text.Substring(i, length)));
            i += length;
        }

        return [.. bytes];
    }

    /// <summary>One to three bytes behind the table's name become others, before the row's time.</summary>
    private static void Spoil(byte[] line, int from, Random random)
    {
        int to = line.Length - 22;
        for (int i = random.Next(1, 4); i > 0 && to > from; i--)
        {
            line[random.Next(from, to)] = Noise[random.Next(Noise.Length)];
        }
    }
}
