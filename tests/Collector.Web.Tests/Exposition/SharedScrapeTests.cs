using System.Text;
using Collector.Web.Exposition;

namespace Collector.Tests.Web.Exposition;

public sealed class SharedScrapeTests : IDisposable
{
    private readonly ExpositionRoom _room = new();
    private readonly SemaphoreSlim _begun = new(0);
    private readonly SemaphoreSlim _go = new(0);
    private readonly SharedScrape _scrape;
    private int _collections;

    public SharedScrapeTests()
    {
        var options = new ExpositionOptions();
        var instruments = new ExpositionInstruments(_room.Meter, _room.Page, _room.Latest, _room.Snapshot);
        _scrape = new SharedScrape(_room.Page, options, instruments, _room.Clock, new RecordedLog<SharedScrape>(_room.Log));
        _room.Meter.CreateObservableGauge("slow", () =>
        {
            _begun.Release();
            _go.Wait();
            return Interlocked.Increment(ref _collections);
        });
    }

    public void Dispose()
    {
        _room.Dispose();
        _begun.Dispose();
        _go.Dispose();
    }

    [Fact]
    public async Task Get_WhileOneIsRendered_SharesItsPage()
    {
        Task<RenderedScrape?> first = Task.Run(() => _scrape.Get(TextFormat.Prometheus));
        await _begun.WaitAsync();

        Task<RenderedScrape?>[] others = [.. Enumerable.Range(0, 8).Select(_ => _scrape.Get(TextFormat.Prometheus))];
        Assert.All(others, other => Assert.False(other.IsCompleted));
        _go.Release();

        RenderedScrape page = (await first)!;
        Assert.All(await Task.WhenAll(others), other => Assert.Same(page, other));
        Assert.Equal(1, _collections);
        for (int i = 0; i < 8; i++)
        {
            page.Dispose();
            Assert.Contains("\nslow 1\n", Encoding.UTF8.GetString(page.Text.Span), StringComparison.Ordinal);
        }

        page.Dispose();
        Assert.Equal(0, page.Text.Length);
    }

    [Fact]
    public async Task Get_AfterOneIsRendered_CollectsAnew()
    {
        _go.Release(2);

        using RenderedScrape? first = await _scrape.Get(TextFormat.Prometheus);
        using RenderedScrape? second = await _scrape.Get(TextFormat.Prometheus);

        Assert.NotSame(first, second);
        Assert.Equal(2, _collections);
        Assert.Contains("collector_exposition_duration_seconds_count 1\n", Encoding.UTF8.GetString(second!.Text.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_TheOtherFormat_IsAPageOfItsOwn()
    {
        Task<RenderedScrape?> text = Task.Run(() => _scrape.Get(TextFormat.Prometheus));
        await _begun.WaitAsync();
        Task<RenderedScrape?> openMetrics = Task.Run(() => _scrape.Get(TextFormat.OpenMetrics));
        _go.Release(2);

        using RenderedScrape? first = await text;
        using RenderedScrape? second = await openMetrics;

        Assert.DoesNotContain("# EOF", Encoding.UTF8.GetString(first!.Text.Span), StringComparison.Ordinal);
        Assert.EndsWith("# EOF\n", Encoding.UTF8.GetString(second!.Text.Span), StringComparison.Ordinal);
        Assert.Equal(2, _collections);
    }

    [Fact]
    public async Task Gzipped_AskedByMany_IsMadeOnce()
    {
        _go.Release();
        using RenderedScrape? page = await _scrape.Get(TextFormat.Prometheus);

        Assert.True(page!.Gzipped().Equals(page.Gzipped()));
    }
}
