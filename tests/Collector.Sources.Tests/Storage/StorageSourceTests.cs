using System.Diagnostics;
using Collector.Sources;
using Collector.Sources.Storage;

namespace Collector.Tests.Sources.Storage;

public sealed class StorageSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SourceRoom _room = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Read_Catalog_IsARowForEachSeries()
    {
        File("oi/BTC.binance/2026-01-01.parquet", 100, -3_600);
        File("oi/BTC.binance/2026-01-02.parquet", 50, -60);
        File("oi/BTC.P.okx/2026-01-02.parquet", 7, -30);
        File("funding/BTC.binance/2026-01-02.parquet", 9, -20);
        File("funding/BTC.binance/2026-01-02.parquet.tmp", 1_000, 0); // half written
        File("README.md", 5, 0);

        IReadOnlyList<WrittenRow> rows = await ReadAsync(Source());

        Assert.Equal(
            [
                "bytes=150 data_type=oi dataset=main env=test exchange=binance files=2 host=machine newest_at=1767322985000000 oldest_at=1767319445000000 symbol=BTC",
                "bytes=7 data_type=oi dataset=main env=test exchange=okx files=1 host=machine newest_at=1767323015000000 oldest_at=1767323015000000 symbol=BTC.P",
                "bytes=9 data_type=funding dataset=main env=test exchange=binance files=1 host=machine newest_at=1767323025000000 oldest_at=1767323025000000 symbol=BTC",
            ],
            rows.Select(Shown).Order(StringComparer.Ordinal));
        Assert.All(rows, row => Assert.Equal(("storage_usage", WatchedClock.Began), (row.Table, row.Time)));
    }

    [Fact]
    public async Task Read_NewerFileOrMoreBytes_AreRecordsAndSilenceIsAGapFromTheNewestFile()
    {
        StorageSource source = Source();
        File("oi/BTC.binance/1.parquet", 10, -60);
        await ReadAsync(source);
        _room.Clock.Advance(TimeSpan.FromSeconds(300));
        File("oi/BTC.binance/2.parquet", 10, 290);
        await ReadAsync(source);
        _room.Clock.Advance(TimeSpan.FromSeconds(300));
        File("oi/BTC.binance/2.parquet", 15, 290); // grown, with a time that stands
        await ReadAsync(source);
        System.IO.File.Delete(_folder.File("oi/BTC.binance/1.parquet")); // retention is no record
        _room.Clock.Advance(TimeSpan.FromSeconds(451));
        WrittenRow open = (await ReadAsync(source)).Single(row => row.Table == "data_gaps");
        _room.Clock.Advance(TimeSpan.FromSeconds(20));
        File("oi/BTC.binance/3.parquet", 10, 1_060);
        WrittenRow closed = (await ReadAsync(source)).Single(row => row.Table == "data_gaps");

        // What grew with a time that stands came when it was not there yet, at the earliest.
        Assert.Equal(("open", At(300), "751"), (open["state"], open["opened_at"], open["duration_seconds"]));
        Assert.Equal(("closed", At(1_060), "760", "2", open["gap_id"]), (closed["state"], closed["closed_at"], closed["duration_seconds"], closed["missing_records"], closed["gap_id"]));
        Assert.StartsWith("storage/main-", closed["gap_id"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_SeriesThatEndedLongAgo_IsCountedAndNoGap()
    {
        File("oi/OLD.binance/2020.parquet", 10, -8 * 86_400);

        Assert.Equal("storage_usage", Assert.Single(await ReadAsync(Source())).Table);
    }

    [Fact]
    public async Task Read_CollectorIsStartedAgain_KnowsWhatCameMeanwhile()
    {
        File("oi/A.x/1.parquet", 10, 0);
        File("oi/B.x/1.parquet", 10, 0);
        await ReadAsync(Source());
        _room.Clock.Advance(TimeSpan.FromHours(3));
        File("oi/A.x/2.parquet", 10, (3 * 3_600) - 30);

        IReadOnlyList<WrittenRow> rows = await ReadAsync(Source());

        Assert.Equal("B", Assert.Single(rows, row => row.Table == "data_gaps")["symbol"]);
    }

    [Fact]
    public async Task Read_LinksInACircle_AreNotFollowed()
    {
        File("oi/BTC.binance/1.parquet", 10, 0);
        Directory.CreateSymbolicLink(_folder.File("oi/ETH.binance"), _folder.Path);
        Directory.CreateSymbolicLink(_folder.File("loop"), _folder.Path);
        System.IO.File.CreateSymbolicLink(_folder.File("oi/BTC.binance/2.parquet"), _folder.File("oi/BTC.binance/1.parquet"));

        Assert.Equal(("10", "1"), Sizes(Assert.Single(await ReadAsync(Source()))));
    }

    [Fact]
    public async Task Read_CatalogItselfIsALink_IsFollowed()
    {
        File("real/oi/BTC.binance/1.parquet", 10, 0);
        Directory.CreateSymbolicLink(_folder.File("link"), _folder.File("real"));

        Assert.Single(await ReadAsync(Source(options => options with { Path = _folder.File("link") })));
    }

    [Fact]
    public async Task Read_FilesAndFoldersVanishMeanwhile_TellsOnlyWhatWasThere()
    {
        using var stopping = new CancellationTokenSource();
        File("oi/STAYS.x/1.parquet", 10, 0);
        var churn = Task.Run(() =>
        {
            for (int i = 0; !stopping.IsCancellationRequested; i++)
            {
                string name = $"oi/S{i % 50}.x";
                File($"{name}/1.parquet", 10, 0);
                File($"{name}/2.parquet", 10, 0);
                Directory.Delete(_folder.File(name), recursive: true);
            }
        });
        StorageSource source = Source();
        for (int i = 0; i < 200; i++)
        {
            IReadOnlyList<WrittenRow> rows = await ReadAsync(source);
            Assert.Equal(("10", "1"), Sizes(rows.Single(row => row["symbol"] == "STAYS")));
            Assert.All(rows, row => Assert.InRange(row.Number("bytes"), 0, 10 * row.Number("files"))); // one that is being written is short
            Assert.All(rows, row => Assert.InRange(long.Parse(row["oldest_at"]!), 1_600_000_000_000_000, long.MaxValue)); // not the year 1601
        }

        await stopping.CancelAsync();
        await churn;
    }

    [Fact]
    public async Task Read_MoreFilesThanTheBound_TellsNoNumber()
    {
        for (int i = 0; i < 5; i++)
        {
            File($"oi/S.x/{i}.parquet", 1, 0);
        }

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(Source(options => options with { MaxFiles = 6 }));
        Assert.Empty(rows);
        Assert.Equal(SourceError.Format, error?.Error);
        Assert.Contains("more than 6 files and folders (max_files)", error!.Message, StringComparison.Ordinal);

        Assert.Single(await ReadAsync(Source(options => options with { MaxFiles = 7 }))); // five files in two folders
    }

    [Fact]
    public async Task Read_FolderIsMissing_IsAnErrorAndSilenceGoesOn()
    {
        File("catalog/oi/BTC.binance/1.parquet", 10, 0);
        StorageSource source = Source(options => options with { Path = _folder.File("catalog") });
        await ReadAsync(source);
        Directory.Delete(_folder.File("catalog"), recursive: true);
        _room.Clock.Advance(TimeSpan.FromSeconds(451));

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Equal((SourceError.Unreachable, $"there is no folder {_folder.File("catalog")} that can be read"), (error?.Error, error?.Message));
        Assert.Equal(("data_gaps", "open"), (Assert.Single(rows).Table, rows[0]["state"]));
    }

    [Fact]
    public async Task Read_FolderThatCannotBeRead_LeavesOutTheSeriesItMayHoldAndNamesIt()
    {
        // A path of more than 4096 bytes, which no system call takes: what may not be read, root may.
        string deep = string.Concat(Enumerable.Repeat(new string('d', 205) + "/", 19)), unreadable = new('u', 255);
        File($"{deep}2026/BTC.binance.parquet", 10, 0);
        Run("mkdir", unreadable, _folder.File(deep));
        StorageSource source = Source(options => options with { Path = _folder.File(deep), Pattern = "{any}/{symbol}.{venue}.parquet" });

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Empty(rows); // a part of it is not its size
        Assert.Equal(SourceError.Unreachable, error?.Error);
        Assert.Contains(unreadable, error!.Message, StringComparison.Ordinal);
        Run("rmdir", unreadable, _folder.File(deep));
        Assert.Equal(("10", "1"), Sizes(Assert.Single(await ReadAsync(source))));
    }

    [Fact]
    public async Task Read_NoFileFits_SaysSoAndAnEmptyFolderIsNoFault()
    {
        StorageSource source = Source();
        Assert.Empty(await ReadAsync(source));
        File("oi/BTC-binance/1.parquet", 10, 0);
        File("x.parquet", 10, 0);

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Empty(rows);
        Assert.Equal($"{_folder.Path} holds 2 files and folders that do not fit, and none that fits {{data_type}}/{{symbol}}.{{venue}}/{{date}}.parquet (pattern)", error?.Message);
    }

    [Fact]
    public async Task Read_TimeIsOver_StopsAndTellsNoNumber()
    {
        File("oi/BTC.binance/1.parquet", 10, 0);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _room.ReadAsync(Source(), new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData("{venue}/{data_type}_{symbol}_{date}.parquet", "okx/open_oi_BTC_2026.parquet", "okx BTC open_oi")]
    [InlineData("{any}/{symbol}.parquet", "2026/BTC.parquet", " BTC ")]
    [InlineData("data_type={data_type}/venue={venue}/symbol={symbol}/{any}", "data_type=oi/venue=okx/symbol=BTC/part-0", "okx BTC oi")]
    [InlineData("a.b+({symbol})", "a.b+(BTC)", " BTC ")]
    public async Task Read_AnotherPattern_IsHeeded(string pattern, string file, string series)
    {
        File(file, 10, 0);

        WrittenRow row = Assert.Single(await ReadAsync(Source(options => options with { Pattern = pattern, Dataset = "d" })));

        Assert.Equal((series, "d"), ($"{row["exchange"]} {row["symbol"]} {row["data_type"]}", row["dataset"]));
    }

    [Theory]
    [InlineData("/{symbol}", "is no way to a file")]
    [InlineData("{symbol}//x", "is no way to a file")]
    [InlineData("../{symbol}", "is no way to a file")]
    [InlineData("{a}", "has {a}; known here: {data_type}, {symbol}, {venue}, {date}, {any}")]
    [InlineData("{symbol}/{symbol}", "has {symbol} twice")]
    [InlineData("a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q", "at most 16")]
    public void Check_PatternThatIsNone_IsNamed(string pattern, string problem)
    {
        (string key, string message) = Assert.Single(new StorageOptions { Path = "x", Pattern = pattern }.Check());

        Assert.Equal("pattern", key);
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_DefaultsAndRepeatedAny_HaveNoFault()
    {
        Assert.Empty(new StorageOptions { Path = "x" }.Check());
        Assert.Empty(new StorageOptions { Path = "x", Pattern = "{any}/{any}/{symbol}" }.Check());
    }

    [Fact]
    public void Resolved_RelativePath_CountsFromTheConfiguration() =>
        Assert.Equal("/etc/x", ((StorageOptions)new StorageOptions { Path = "x" }.Resolved(path => $"/etc/{path}")).Path);

    [Fact]
    public async Task Read_NamesThatAreNoUtf8_AreCountedAndNamedAndTheOthersRead()
    {
        File("oi/BTC.binance/1.parquet", 10, -60);
        System.IO.File.WriteAllText(_folder.File("make.sh"), "touch oi/BTC.binance/$'2\\xff.parquet' && mkdir $'bad\\xfe'");
        System.IO.File.WriteAllText(_folder.File("clean.sh"), "rm oi/BTC.binance/2* && rmdir bad*");
        Run("bash", "make.sh", _folder.Path);
        (IReadOnlyList<WrittenRow> rows, Reading reading) = await _room.TakeAsync(Source());
        Run("bash", "clean.sh", _folder.Path); // .NET cannot

        Assert.Equal(("10", "1"), (Assert.Single(rows)["bytes"], rows[0]["files"]));
        Assert.Equal(2, reading.LeftOutCounts[(int)LeftOut.Unreadable]);
        Assert.Contains("\uFFFD", reading.LeftOutExample, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_NameThatHoldsTheReplacementCharacterItself_IsAnyName()
    {
        File("oi/BTC\uFFFD.binance/1.parquet", 10, -60);

        Assert.Equal("BTC\uFFFD", Assert.Single(await ReadAsync(Source()))["symbol"]);
    }

    private StorageSource Source(Func<StorageOptions, StorageOptions>? change = null)
    {
        var options = new StorageOptions { Path = _folder.Path };
        return new StorageSource(change?.Invoke(options) ?? options, _room.Context("storage/main"));
    }

    /// <param name="second">When it was last written, counted from the test's beginning.</param>
    private void File(string path, int bytes, double second)
    {
        string file = _folder.File(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        System.IO.File.WriteAllBytes(file, new byte[bytes]);
        System.IO.File.SetLastWriteTimeUtc(file, WatchedClock.Began.AddSeconds(second).UtcDateTime);
    }

    private static void Run(string program, string argument, string folder)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, [argument]) { WorkingDirectory = folder })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private async Task<IReadOnlyList<WrittenRow>> ReadAsync(StorageSource source)
    {
        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);
        Assert.Null(error);
        return rows;
    }

    private static (string?, string?) Sizes(WrittenRow row) => (row["bytes"], row["files"]);

    private static string At(double second) => $"{WatchedClock.Began.AddSeconds(second).ToUnixTimeMilliseconds() * 1_000}";

    private static string Shown(WrittenRow row) => string.Join(' ', row.Values.Select(value => $"{value.Key}={value.Value}").Order(StringComparer.Ordinal));
}
