using System.Text;
using Collector.IntegrationTests.Support;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.IntegrationTests.Lines;

/// <summary>
/// Generated lines, each judged by a real QuestDB and by the reader: the same verdict and the same values, or a difference
/// that <c>docs/line-protocol.md</c> explains.
/// </summary>
public class LineReaderDifferentialTests
{
    private const int Lines = 10_000;
    private const int Connections = 4;

    private static readonly Dictionary<string, string?> Settings = new(StringComparer.Ordinal)
    {
        ["QDB_LINE_AUTO_CREATE_NEW_TABLES"] = "false",
        ["QDB_LINE_AUTO_CREATE_NEW_COLUMNS"] = "false",
    };

    [SkippableFact]
    public async Task Read_GeneratedLines_AgreesWithQuestDb()
    {
        Skip.IfNot(QuestDb.Available(out string reason), reason);

        // A QuestDB that is given has to be set up like the one that is started here: it makes no column of its own.
        await using QuestDbServer? started = QuestDb.GivenUrl is null ? await QuestDbServer.StartAsync(new QuestDbOptions { Settings = Settings }) : null;
        using var server = new DifferentialServer(QuestDb.GivenUrl ?? started!.Url);
        Table table = await server.CreateTable(CancellationToken.None);
        GeneratedLine[] lines = LineGenerator.Make(table.Name, Lines, seed: 20231114);

        var verdicts = new (int Status, string Reply)[lines.Length];
        int next = -1;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            for (int i = Interlocked.Increment(ref next); i < lines.Length; i = Interlocked.Increment(ref next))
            {
                verdicts[i] = await server.Write(lines[i].Bytes, CancellationToken.None);
            }
        }));
        Dictionary<long, string?[]> stored = await server.ReadBack(table, verdicts.Count(verdict => verdict.Status == 204), CancellationToken.None);

        var reader = new LineReader(table);
        var unexplained = new List<string>();
        var explained = new Dictionary<string, int>(StringComparer.Ordinal);
        int agreed = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            (bool taken, string?[]? values, LineFault? fault) = Read(reader, table, lines[i].Bytes);
            bool takenByServer = verdicts[i].Status == 204;
            string?[]? theirs = stored.GetValueOrDefault(lines[i].Micros);
            if (taken == takenByServer && (!taken || values!.SequenceEqual(theirs ?? [])))
            {
                agreed++;
            }
            else if (Differences.Explain(fault, takenByServer) is { } difference)
            {
                explained[difference] = explained.GetValueOrDefault(difference) + 1;
            }
            else
            {
                unexplained.Add($"{Encoding.Latin1.GetString(lines[i].Bytes)}  QuestDB: {verdicts[i].Status} {Shown(theirs)} {verdicts[i].Reply}\n  reader: {fault} {Shown(values)}");
            }
        }

        Assert.True(unexplained.Count == 0, $"{unexplained.Count} of {lines.Length} lines differ and are not explained:\n{string.Join('\n', unexplained.Take(60))}");
        Assert.True(agreed > Lines / 2, $"only {agreed} lines agreed");
        Assert.Equal(Differences.All.Order(StringComparer.Ordinal), explained.Keys.Order(StringComparer.Ordinal));
    }

    private static (bool Taken, string?[]? Values, LineFault? Fault) Read(LineReader reader, Table table, byte[] line)
    {
        // Wide open: what is dated when is not what is compared here.
        reader.Start(line, new TimeWindow(0, long.MaxValue));
        if (reader.Read() != LineStatus.Row)
        {
            return (false, null, reader.Fault);
        }

        string?[] values = [.. table.Columns.Select(column => Value(reader, column))];
        return reader.Read() == LineStatus.End ? (true, values, null) : (false, null, reader.Fault);
    }

    /// <summary>A value as <see cref="DifferentialServer.ReadBack"/> shows it.</summary>
    private static string? Value(LineReader reader, Column column) => !reader.Has(column) ? null : column.Type switch
    {
        ColumnType.Symbol or ColumnType.Varchar => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(reader.Text(column))),
        ColumnType.Boolean => reader.Boolean(column) ? "true" : "false",
        ColumnType.Double => BitConverter.DoubleToInt64Bits(reader.Double(column) + 0.0).ToString("X16"),
        _ => reader.Long(column).ToString(),
    };

    private static string Shown(string?[]? values) => values is null ? "" : string.Join(' ', values.Select(value => value is null ? "-" : $"[{value}]"));
}
