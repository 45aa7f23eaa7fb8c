using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;
using Microsoft.Playwright;

namespace Collector.IntegrationTests.Page;

/// <summary>The page at <c>/</c> in a real browser, from a collector as a user runs it.</summary>
public sealed class PageTests(Browser browser) : IClassFixture<Browser>
{
    private const string Hostile = "<img src=x onerror=alert(1)>";
    private const string FetchCount = "[...document.querySelectorAll('.cell')].find(cell => cell.querySelector('.label').textContent === 'fetch count')?.querySelector('.value span').textContent";

    /// <summary>WCAG 2.2, 1.4.3: the contrast of each text that is shown to what is behind it; those below 4.5 are told.</summary>
    private const string PoorContrast = """
        () => {
          const parse = (color) => color.match(/[\d.]+/g).map(Number);
          const luminance = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
            .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
          const ground = (element) => {
            for (; element; element = element.parentElement) {
              const color = parse(getComputedStyle(element).backgroundColor);
              if (color.length === 3 || color[3] === 1) return color;
            }
            return [255, 255, 255];
          };
          const poor = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const element = walker.currentNode.parentElement;
            if (!walker.currentNode.textContent.trim() || !element.checkVisibility() || element.closest('noscript,.skip')) continue;
            const [a, b] = [luminance(parse(getComputedStyle(element).color)), luminance(ground(element))];
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (ratio < 4.5) poor.push(`${walker.currentNode.textContent.trim()}: ${ratio.toFixed(2)}`);
          }
          return poor;
        }
        """;

    [SkippableFact]
    public async Task Reading_ThatIsNew_ShowsWithoutReload()
    {
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using Visit visit = await browser.VisitAsync();
        await using CollectorProcess collector = await StartAsync(daemon);
        await visit.OpenAsync(collector);
        await visit.UntilAsync($"() => Number({FetchCount}) > 0");
        long answers = daemon.Answers;

        await visit.UntilAsync($"() => Number({FetchCount}?.replaceAll(',', '')) > {answers}");

        Assert.Equal("All is well", await visit.Page.TextContentAsync("#verdict-text"));
        Assert.Equal(1, await visit.Page.Locator("#sources tr", new() { HasText = "daemon/oi-fetcher" }).CountAsync());
        Assert.True(await visit.Page.Locator(".spark .line[d^=M]").CountAsync() > 0);
        Assert.Equal(1, visit.Loads);
        visit.IsClean(collector);
    }

    [SkippableFact]
    public async Task Collector_KilledAndStartedAgain_IsToldAsLostAndThenLiveAgain()
    {
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using Visit visit = await browser.VisitAsync();
        await using CollectorProcess collector = await StartAsync(daemon);
        await visit.OpenAsync(collector);

        await collector.EndAsync(UnixSignal.Kill);
        await visit.LinkIsAsync("lost");
        await visit.UntilAsync("() => /is [0-9]+ s old/.test(document.getElementById('lost').textContent)");
        Assert.Contains("The connection to the collector is lost.", await visit.Page.InnerTextAsync("#lost"), StringComparison.Ordinal);
        Assert.Equal("Not known: no connection", await visit.Page.TextContentAsync("#verdict-text"));

        await collector.StartReadyAsync();
        await visit.LinkIsAsync("live");
        await visit.UntilAsync("() => document.getElementById('verdict-text').textContent === 'All is well'");
        Assert.False(await visit.Page.Locator("#lost").IsVisibleAsync());
        long answers = daemon.Answers;
        await visit.UntilAsync($"() => Number({FetchCount}?.replaceAll(',', '')) > {answers}");
        Assert.Equal(1, visit.Loads);
    }

    [SkippableFact]
    public async Task Collector_ToldToStop_IsSaidToHaveStopped()
    {
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using Visit visit = await browser.VisitAsync();
        await using CollectorProcess collector = await StartAsync(daemon);
        await visit.OpenAsync(collector);

        await collector.EndAsync(UnixSignal.Terminate);

        await visit.UntilAsync("() => document.getElementById('lost').textContent.startsWith('The collector was stopped.')");
    }

    [SkippableFact]
    public async Task Names_ThatAreMarkup_AreShownAsText()
    {
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using Visit visit = await browser.VisitAsync();
        await using CollectorProcess collector = await StartAsync(daemon);
        await visit.OpenAsync(collector);
        string symbol = Hostile.Replace(" ", "\\ ", StringComparison.Ordinal).Replace("=", "\\=", StringComparison.Ordinal);

        await PushAsync(collector, $"host_metrics,host={symbol},env=demo memory_used_bytes=1i\nhost_metrics,host={symbol},env=demo cpu_percent=\"{Hostile}\"\nmine,who={symbol} note=\"{Hostile}\",n=1i\n");

        await visit.Page.Locator(".series .name", new() { HasText = Hostile }).First.WaitForAsync();
        await visit.Page.Locator(".texts", new() { HasText = Hostile }).First.WaitForAsync();
        await visit.Page.Locator("#quarantine li").First.WaitForAsync();
        Assert.Equal(0, await visit.Page.Locator("img").CountAsync());
        visit.IsClean(collector);
    }

    [SkippableFact]
    public async Task Token_AskedForByTheBrowser_OpensThePageAndItsStream()
    {
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using Visit visit = await browser.VisitAsync(new() { HttpCredentials = new() { Username = "me", Password = "s3cret" } });
        await using CollectorProcess collector = new(CollectorProcess.Daemon(daemon.Page));
        collector.Environment["COLLECTOR__HTTP__TOKEN"] = "s3cret";
        await collector.StartReadyAsync();

        await visit.OpenAsync(collector);

        await visit.UntilAsync($"() => Number({FetchCount}) > 0");
    }

    [SkippableFact]
    public async Task Keyboard_ReachesTheContentAndTheColours()
    {
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using Visit visit = await browser.VisitAsync(new() { ReducedMotion = ReducedMotion.Reduce, ColorScheme = ColorScheme.Light });
        await using CollectorProcess collector = await StartAsync(daemon);
        await visit.OpenAsync(collector);

        await visit.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the content", await visit.Page.EvaluateAsync<string>("document.activeElement.textContent"));
        await visit.Page.Keyboard.PressAsync("Tab");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("dark", await visit.Page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
        await visit.Page.ReloadAsync();
        Assert.Equal("dark", await visit.Page.EvaluateAsync<string>("getComputedStyle(document.documentElement).colorScheme"));
        Assert.Equal("none", await visit.Page.EvaluateAsync<string>("getComputedStyle(document.querySelector('.dot')).animationName"));
        Assert.Equal(["banner", "main", "navigation"], await visit.Page.EvaluateAsync<string[]>("[['banner', 'body > header'], ['main', 'main'], ['navigation', 'nav[aria-label]']].filter(([, where]) => document.querySelectorAll(where).length === 1).map(([name]) => name)"));
        visit.IsClean(collector);
    }

    [SkippableTheory]
    [InlineData("light", 1280, 1000)]
    [InlineData("dark", 1280, 1000)]
    [InlineData("light", 390, 844)]
    [InlineData("dark", 390, 844)]
    public async Task Layout_OfEveryScheme_FitsAndIsReadable(string scheme, int width, int height)
    {
        await using WatchedOperation operation = await WatchedOperation.StartAsync();
        await using Visit visit = await browser.VisitAsync(new()
        {
            ColorScheme = scheme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new() { Width = width, Height = Pictures.AreWanted && width > 640 ? 1560 : height },
            DeviceScaleFactor = width < 640 ? 2 : 1,
        });
        await visit.OpenAsync(operation.Collector);
        await operation.GoOnAsync(rounds: Pictures.AreWanted ? 100 : 3);
        await visit.Page.Locator(".series .name", new() { HasText = "momentum" }).WaitForAsync();

        int wide = await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth");
        string[] cut = await visit.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('main *')].filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 100))");
        string[] poor = await visit.Page.EvaluateAsync<string[]>(PoorContrast);
        if ((scheme, width) is not ("light", 390))
        {
            await Pictures.TakeAsync(visit.Page, width < 640 ? "page-phone" : $"page-{scheme}");
        }

        Assert.Equal(width, wide);
        Assert.Empty(cut);
        Assert.Empty(poor);
        visit.IsClean(operation.Collector);
    }

    private static async Task<CollectorProcess> StartAsync(CountingDaemon daemon)
    {
        var collector = new CollectorProcess(CollectorProcess.Daemon(daemon.Page), "  host: {interval: 500ms, timeout: 30s}", "page: {interval: 200ms}");
        await collector.StartReadyAsync();
        return collector;
    }

    private static Task PushAsync(CollectorProcess collector, string lines) => WatchedOperation.PushAsync(collector, lines);
}
