using System.Formats.Tar;
using System.IO.Compression;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>
/// A data folder of the version before, as its collector left it when it was killed: a SQLite store with rows, a spool with rows that
/// wait, counters whose state is older than the spool, a table that lines made, and a bad line in quarantine.
/// </summary>
public sealed class OlderDataFolderTests : IDisposable
{
    private readonly TemporaryFolder _schemas = new();

    public void Dispose() => _schemas.Dispose();

    [Fact]
    public async Task StartReady_OnAFolderOfTheVersionBefore_DeliversItsRowsAndGoesOnCounting()
    {
        string files = RepositoryRoot.Combine("tests", "Collector.IntegrationTests", "Pipeline", "DataFolder");
        foreach (string schema in Directory.GetFiles(RepositoryRoot.Combine("schemas"), "*.sql").Append(Path.Combine(files, "meters.sql")))
        {
            File.Copy(schema, _schemas.Combine(Path.GetFileName(schema)));
        }

        await using var collector = new CollectorProcess("store: {type: sqlite}\nspool: {min_free_bytes: 0}");
        collector.Environment["COLLECTOR__SCHEMAS_DIR"] = _schemas.Path;
        await using (FileStream archive = File.OpenRead(Path.Combine(files, "version-0.1.tar.gz")))
        await using (var unpacked = new GZipStream(archive, CompressionMode.Decompress))
        {
            await TarFile.ExtractToDirectoryAsync(unpacked, Path.GetDirectoryName(collector.DataFolder)!, overwriteFiles: false);
        }

        await collector.StartReadyAsync();
        using var http = new HttpClient();
        using var line = new StringContent("meters,place=north total=200i 1760000005000000000\n");
        using HttpResponseMessage answer = await http.PostAsync(new Uri($"http://127.0.0.1:{collector.GatewayPort}/write"), line);
        Assert.Equal(204, (int)answer.StatusCode);

        List<object?[]> meters = await collector.Sqlite.QueryUntilAsync("SELECT total, total_delta FROM meters ORDER BY timestamp", rows => rows.Count == 4);
        Assert.Equal([[100L, null], [130L, 30L], [145L, 15L], [200L, 55L]], meters);
        List<object?[]> lab = await collector.Sqlite.QueryUntilAsync("SELECT place, degrees, note FROM lab ORDER BY timestamp", rows => rows.Count == 3);
        Assert.Equal([["north", 21.5, null], ["south", 19.25, null], ["north", 22.5, "a\nb"]], lab);
        MetricsText page = await collector.MetricsUntilAsync(text => text.Count("collector_rows_pending", "table=\"meters\"") == 0);
        Assert.Equal((2, 0), (page.Count("collector_rows_recovered_total", "table=\"meters\""), page.Count("collector_ledger_remainder", "table=\"meters\"")));
        Assert.Single(await File.ReadAllLinesAsync(Path.Combine(collector.DataFolder, "quarantine", "~unknown.jsonl")));
    }
}
