using System.Globalization;
using System.Text;
using Collector.Capabilities.Gateway;
using FsCheck.Xunit;

namespace Collector.Tests.Capabilities.Gateway.Influx;

/// <summary>What InfluxDB's clients put into a line comes out of the gateway, whatever the values and names hold.</summary>
public sealed class InfluxPropertyTests
{
    private static readonly string[] Hostile =
    [
        " ", ",", "=", "\\", "\"", "\n", "\r", "\r\n", "\\\\", "\\n", "\\\"", "\\,", "\\ ", "\t", "\0", "\u0001", "\u007f", "é", "ß→", "日本語", "😀", "\U0010FFFF",
        "#", "t", "1i", "8u", "C:\\bots\\run", "\\d+", "m v=1\n", "a b,c=d\\e\"f", " 1700000000000000000", "plain words", "..", "/?*", "'", "1.5", "-", "+", ":",
    ];

    [Property(MaxTest = 3000)]
    public void Write_RandomPoints_AreReadBackAsTheyWere(int seed) => WriteAsync(seed).GetAwaiter().GetResult();

    private static async Task WriteAsync(int seed)
    {
        var random = new Random(seed);
        using var room = new GatewayRoom(new GatewayOptions { MaxTables = 1000, MaxRequests = 1 });
        var body = new StringBuilder();
        var expected = new List<string>();
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            string measurement = WithoutCut($"m{i}{Text(random)}{random.Next(10)}");
            var row = new SortedDictionary<string, string>(StringComparer.Ordinal);
            var line = new StringBuilder(Escaped(measurement, " ,"));
            for (int tags = random.Next(0, 4); tags > 0; tags--)
            {
                (string name, string value) = (Name(random, row), WithoutCut(Text(random) + random.Next(10)));
                line.Append(',').Append(Escaped(name, " ,=")).Append('=').Append(Escaped(value, " ,="));
                row.Add(Column(name), value);
            }

            for (int fields = random.Next(1, 4), first = fields; fields > 0; fields--)
            {
                string name = Name(random, row);
                (string written, string value) = Value(random);
                line.Append(fields == first ? ' ' : ',').Append(Escaped(name, " ,=")).Append('=').Append(written);
                row.Add(Column(name), value);
            }

            body.Append(random.Next(4) == 0 ? "# comment \"\n" : "").Append(random.Next(4) == 0 ? "  " : "").Append(line);
            body.Append(random.Next(4) == 0 ? "  " : " ").Append(1_600_000_000_000_000_000 + (i * 1000L)).Append(random.Next(4) == 0 ? " \r\n" : "\n");
            expected.Add(Shown(Table(measurement), row));
        }

        WriteResult result = await room.InfluxAsync(body.ToString());

        Assert.True(room.Sink.Refused.Count == 0, $"{string.Join('\n', room.Sink.Refused.Select(refused => refused.Fault))} in:\n{body}");
        Assert.Equal(expected.Count, result.Accepted);
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            room.Sink.Rows.Select(row => Shown(row.Table, new SortedDictionary<string, string>(row.Values.ToDictionary(), StringComparer.Ordinal))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Write_NamesWithEveryCharacterOfAscii_HaveTheirColumnAndTable()
    {
        for (char c = '\0'; c < 128; c++)
        {
            if (c == '\n')
            {
                continue; // ends a line of InfluxDB's wherever it stands in a name
            }

            foreach (string name in (string[])[$"a{c}b", $"{c}b", $"1{c}b"])
            {
                using var room = new GatewayRoom();
                await room.InfluxAsync($"x{Escaped(name, " ,")},{Escaped(name, " ,=")}=tag w=1\ny {(name[0] is '\t' or '\0' ? "v=1," : "")}{Escaped(name, " ,=")}=2\n");
                Assert.True(room.Sink.Refused.Count == 0, $"{name}: {string.Join('\n', room.Sink.Refused.Select(refused => refused.Fault))}");
                Assert.Equal("tag", room.Sink.Rows.Single(row => row.Table == Table("x" + name))[Column(name)]);
                Assert.Equal("2", room.Sink.Rows.Single(row => row.Table == "y")[Column(name)]);
            }
        }
    }

    private static string Text(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Hostile[random.Next(Hostile.Length)]));

    /// <summary>A line break outside quotes ends the line: InfluxDB's line protocol cannot say it there.</summary>
    private static string WithoutCut(string text) => text.Replace("\n", "", StringComparison.Ordinal);

    private static string Name(Random random, SortedDictionary<string, string> taken)
    {
        while (true)
        {
            string name = WithoutCut((random.Next(3) == 0 ? "" : "n") + Text(random) + random.Next(100));
            if (name[0] is not ('\t' or '\0') && name.Length <= 120 && !taken.Keys.Contains(Column(name), StringComparer.OrdinalIgnoreCase))
            {
                return name;
            }
        }
    }

    private static (string Written, string Read) Value(Random random)
    {
        long number = random.NextInt64(long.MinValue + 1, long.MaxValue) >> random.Next(64);
        double real = random.NextDouble() * Math.Pow(10, random.Next(-30, 30));
        string text = Text(random);
        return random.Next(5) switch
        {
            0 => ($"{number}i", $"{number}"),
            1 => ($"{(ulong)number >> 1}u", $"{(ulong)number >> 1}"),
            2 => (real.ToString("R", CultureInfo.InvariantCulture), real.ToString("R", CultureInfo.InvariantCulture)),
            3 => random.Next(2) == 0 ? ("T", "true") : ("false", "false"),
            _ => ($"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"", text),
        };
    }

    private static string Escaped(string text, string special) =>
        string.Concat(text.Select(c => special.Contains(c, StringComparison.Ordinal) ? $"\\{c}" : $"{c}"));

    private static string Column(string name)
    {
        string column = string.Concat(name.Select(c => c < ' ' || "?.,'\"\\/:()+-*%~\u007f\uFEFF".Contains(c, StringComparison.Ordinal) ? '_' : c));
        return column.Equals("timestamp", StringComparison.OrdinalIgnoreCase) ? column + "_" : column;
    }

    private static string Table(string measurement)
    {
        char[] name = [.. measurement.Select(c => c < ' ' || "?,'\"\\/:()+*%~\u007f\uFEFF".Contains(c, StringComparison.Ordinal) ? '_' : c)];
        for (int i = 0; i < name.Length; i++)
        {
            bool isAtEnd = i == 0 || i == name.Length - 1;
            bool stays = name[i] switch { '.' => !isAtEnd && measurement[i - 1] != '.', ' ' => !isAtEnd, _ => true };
            name[i] = stays ? name[i] : '_';
        }

        return new string(name);
    }

    private static string Shown(string table, SortedDictionary<string, string> row) => $"{table}: {string.Join(' ', row.Select(value => $"{value.Key}={value.Value}"))}";
}
