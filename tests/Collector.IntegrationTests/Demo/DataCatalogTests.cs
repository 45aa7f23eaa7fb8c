using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Collector.IntegrationTests.Support;
using Demo.Catalog;
using Demo.Daemons;

namespace Collector.IntegrationTests.Demo;

public sealed class DataCatalogTests : IDisposable
{
    private static readonly DateTime Midnight = new(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc);
    private static readonly Series Oi = new("okx", "BTCUSDT", "oi");
    private readonly TemporaryFolder _folder = new();

    [SkippableFact]
    public async Task Add_TwoRowGroupsAndAHalf_AreReadByQuestDb()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        using var catalog = new DataCatalog(_folder.Path);
        int rows = ParquetFile.GroupRows * 5 / 2;
        for (int row = 0; row < rows; row++)
        {
            catalog.Add(Oi, Midnight.AddSeconds(row), (row, -0.5 * row));
            if (row % 700 == 0)
            {
                catalog.AdvanceTo(TimeSpan.FromSeconds(5 * (1 + row)));
            }
        }

        catalog.AdvanceTo(TimeSpan.FromDays(1));

        await using QuestDbServer server = await QuestDbServer.StartAsync(
            new QuestDbOptions { Settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["QDB_CAIRO_SQL_COPY_ROOT"] = _folder.Path } });
        const string Table = "read_parquet('oi/BTCUSDT.okx/2026-01-02.parquet')";
        QuestDbAnswer sums = await server.ExecAsync(
            $"SELECT count(), sum(open_interest), sum(open_interest_value), min(timestamp), max(timestamp) FROM {Table}");
        Assert.Equal(
            [$"{rows}", $"{rows * (rows - 1) / 2}.0", $"{-0.25 * rows * (rows - 1):0.0}", "2026-01-02T00:00:00.000000Z", "2026-01-02T00:42:39.000000Z"],
            sums.Rows[0].EnumerateArray().Select(Text));
        QuestDbAnswer last = await server.ExecAsync($"SELECT timestamp, open_interest, open_interest_value FROM {Table} WHERE open_interest = 2047");
        Assert.Equal(["2026-01-02T00:34:07.000000Z", "2047.0", "-1023.5"], last.Rows[0].EnumerateArray().Select(Text));
    }

    [Fact]
    public void AdvanceTo_MoreRows_GrowsAFileThatIsWholeEachTime()
    {
        using var catalog = new DataCatalog(_folder.Path);
        long size = 0;
        for (int row = 0; row < 3000; row++)
        {
            catalog.Add(Oi, Midnight.AddSeconds(row), (1, 2));
            if (row % 100 == 99)
            {
                catalog.AdvanceTo(TimeSpan.FromSeconds(5 * row));
                byte[] file = File.ReadAllBytes(FileOf(Oi, "2026-01-02"));
                Assert.True(file.Length > size);
                size = file.Length;
                Assert.Equal("PAR1", Encoding.ASCII.GetString(file.AsSpan(0, 4)));
                Assert.Equal("PAR1", Encoding.ASCII.GetString(file.AsSpan(file.Length - 4)));
                int metadata = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(file.Length - 8));
                Assert.InRange(file.Length - metadata - 24L * (row + 1), 12, 1000);
            }
        }
    }

    [Fact]
    public void Add_AnotherDayAndAnotherSeries_GoToFilesOfTheirOwnAndOldDaysGo()
    {
        using (var catalog = new DataCatalog(_folder.Path))
        {
            catalog.Add(Oi, Midnight, (1, 2));
            catalog.Add(Oi, Midnight.AddDays(1), (1, 2));
            catalog.Add(Oi with { DataType = "liquidation", Exchange = "bybit" }, Midnight, (1, 2));
            catalog.Add(Oi, Midnight.AddDays(DataCatalog.DaysKept + 1), (1, 2));
        }

        Assert.Equal(
            ["liquidation/BTCUSDT.bybit/2026-01-02.parquet", "oi/BTCUSDT.okx/2026-01-03.parquet", "oi/BTCUSDT.okx/2026-01-10.parquet"],
            Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder.Path, file)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Add_AfterAnotherStart_BeginsTheDaysFileAnew()
    {
        for (int start = 0; start < 2; start++)
        {
            using var catalog = new DataCatalog(_folder.Path);
            catalog.Add(Oi, Midnight, (1, 2));
        }

        using (var other = new DataCatalog(_folder.Combine("other")))
        {
            other.Add(Oi, Midnight, (1, 2));
        }

        Assert.Equal(File.ReadAllBytes(_folder.Combine("other", "oi", "BTCUSDT.okx", "2026-01-02.parquet")), File.ReadAllBytes(FileOf(Oi, "2026-01-02")));
    }

    public void Dispose() => _folder.Dispose();

    private string FileOf(in Series series, string date) => _folder.Combine(series.DataType, $"{series.Symbol}.{series.Exchange}", $"{date}.parquet");

    private static string Text(JsonElement value) => value.ToString();
}
