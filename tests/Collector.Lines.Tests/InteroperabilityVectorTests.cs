using System.Text;
using System.Text.Json;
using Collector.Lines;
using Collector.Lines.Tables;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Tests.Lines;

/// <summary>
/// The vectors that QuestDB's own clients are held to. Their file is not ours to hand on: ILP_VECTORS names it.
/// <c>docs/line-protocol.md</c> says which of them do not apply here.
/// </summary>
public class InteroperabilityVectorTests
{
    [SkippableFact]
    public void Write_VectorsThatSucceed_GiveTheirBytes()
    {
        int compared = 0;
        foreach (Vector vector in Vectors().Where(vector => vector.Bytes is not null && !vector.HasDecimals))
        {
            Table table = vector.Build() ?? throw new InvalidOperationException($"{vector.Name}: {string.Join('\n', vector.Faults)}");
            var writer = new LineWriter(table, new FakeTimeProvider(TestTable.Now));
            writer.Begin();
            vector.Write(writer, table);

            LineFault? fault = writer.End(TestTable.Now);
            Assert.Null(fault);
            string line = Encoding.Latin1.GetString(writer.Written.Span);
            Assert.Equal(vector.Bytes, line[..line.LastIndexOf(" 1700000000000000000\n", StringComparison.Ordinal)] + "\n");
            compared++;
        }

        Assert.True(compared >= 6, $"only {compared} vectors were compared");
    }

    [SkippableFact]
    public void Read_VectorsThatSucceed_GiveTheirValues()
    {
        int compared = 0;
        foreach (Vector vector in Vectors().Where(vector => vector.Bytes is not null && !vector.HasDecimals))
        {
            Table table = vector.Build()!;
            foreach (string line in vector.Lines.Append(vector.Bytes!))
            {
                var reader = new LineReader(table) { ArrivalMicros = TestTable.NowMicros };
                reader.Start(Encoding.Latin1.GetBytes(line), TimeWindow.At(TestTable.Now, table));

                Assert.Equal((LineStatus.Row, null), (reader.Read(), reader.Fault));
                Assert.Equal(
                    vector.Symbols.Select(symbol => symbol.Value).Concat(vector.Columns.Select(column => column.Shown)),
                    table.Columns.SkipLast(1).Select(column => TestTable.Shown(reader, column)));
                Assert.Equal(LineStatus.End, reader.Read());
                compared++;
            }
        }

        Assert.True(compared >= 16, $"only {compared} lines were compared");
    }

    [SkippableFact]
    public void Build_VectorsThatFail_AreRefused()
    {
        int refused = 0;
        foreach (Vector vector in Vectors().Where(vector => vector.Fails))
        {
            Table? table = vector.Build();
            if (vector.Symbols.Count + vector.Columns.Count == 0)
            {
                var writer = new LineWriter(table!, new FakeTimeProvider(TestTable.Now));
                writer.Begin();
                Assert.Equal(LineFaultKind.Missing, writer.End(TestTable.Now)?.Kind);
            }
            else
            {
                Assert.True(table is null, $"{vector.Name}: the names are taken");
                Assert.True(
                    Names.TableProblem(vector.Table) is not null
                    || vector.Symbols.Any(symbol => Names.ColumnProblem(symbol.Name) is not null)
                    || vector.Columns.Any(column => Names.ColumnProblem(column.Name) is not null),
                    $"{vector.Name}: the names have no problem");
            }

            refused++;
        }

        Assert.True(refused >= 90, $"only {refused} vectors were refused");
    }

    private static List<Vector> Vectors()
    {
        string? path = Environment.GetEnvironmentVariable("ILP_VECTORS");
        Skip.If(string.IsNullOrEmpty(path), "ILP_VECTORS is not set: it names QuestDB's ilp-client-interop-test.json.");
        using var document = JsonDocument.Parse(File.ReadAllText(path!));
        return [.. document.RootElement.EnumerateArray().Select(element => new Vector(element))];
    }

    private sealed record Field(string Name, string Type, JsonElement Value)
    {
        public string Shown => Type switch
        {
            "DOUBLE" => Value.GetDouble().ToString("R", System.Globalization.CultureInfo.InvariantCulture),
            "BOOLEAN" => Value.GetBoolean() ? "true" : "false",
            _ => Value.ToString(),
        };
    }

    private sealed class Vector
    {
        public Vector(JsonElement element)
        {
            Name = element.GetProperty("testName").GetString()!;
            Table = element.GetProperty("table").GetString()!;
            Symbols = [.. element.GetProperty("symbols").EnumerateArray().Select(s => (s.GetProperty("name").GetString()!, s.GetProperty("value").GetString()!))];
            Columns = [.. element.GetProperty("columns").EnumerateArray().Select(c => new Field(c.GetProperty("name").GetString()!, c.GetProperty("type").GetString()!, c.GetProperty("value").Clone()))];
            JsonElement result = element.GetProperty("result");
            Fails = result.GetProperty("status").GetString() == "ERROR";
            Lines =
            [
                .. result.TryGetProperty("line", out JsonElement line) ? [line.GetString()!] : Array.Empty<string>(),
                .. result.TryGetProperty("anyLines", out JsonElement lines) ? lines.EnumerateArray().Select(l => l.GetString()!) : [],
            ];
            Lines = [.. Lines.Select(text => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text)))];

            // Where no bytes are given there is no double, and the line of version 1 is that of version 2.
            Bytes = Fails ? null
                : result.TryGetProperty("binaryBase64", out JsonElement bytes) ? Encoding.Latin1.GetString(bytes.GetBytesFromBase64())
                : Lines[0] + "\n";
        }

        public string Name { get; }

        public string Table { get; }

        public List<(string Name, string Value)> Symbols { get; }

        public List<Field> Columns { get; }

        public bool Fails { get; }

        public IReadOnlyList<string> Lines { get; }

        /// <summary>The line's bytes, one character each.</summary>
        public string? Bytes { get; }

        public bool HasDecimals => Columns.Exists(column => column.Type == "DECIMAL");

        public List<SchemaFault> Faults { get; } = [];

        /// <summary>The vector's table, with a column more, so that it may have no other.</summary>
        public Table? Build()
        {
            IEnumerable<string> columns = Symbols.Select(symbol => $"\"{symbol.Name}\" SYMBOL")
                .Concat(Columns.Select(column => $"\"{column.Name}\" {(column.Type == "STRING" ? "VARCHAR" : column.Type)}"))
                .Append("spare_of_the_test LONG");
            return SchemaReader.Read("t.sql", $"CREATE TABLE \"{Table}\" (ts_of_the_test TIMESTAMP, {string.Join(", ", columns)}) TIMESTAMP(ts_of_the_test) PARTITION BY DAY WAL", Faults);
        }

        public void Write(LineWriter writer, Table table)
        {
            foreach ((string name, string value) in Symbols)
            {
                writer.Set(table[name], value);
            }

            foreach (Field field in Columns)
            {
                switch (field.Type)
                {
                    case "STRING":
                        writer.Set(table[field.Name], field.Value.GetString());
                        break;
                    case "LONG":
                        writer.Set(table[field.Name], field.Value.GetInt64());
                        break;
                    case "DOUBLE":
                        writer.Set(table[field.Name], field.Value.GetDouble());
                        break;
                    default:
                        writer.Set(table[field.Name], field.Value.GetBoolean());
                        break;
                }
            }
        }
    }
}
