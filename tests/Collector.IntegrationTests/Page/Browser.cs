using Microsoft.Playwright;

namespace Collector.IntegrationTests.Page;

/// <summary>Debian's Chromium without a window, for all tests of the page.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const string Program = "/usr/bin/chromium";

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (File.Exists(Program))
        {
            _playwright = await Playwright.CreateAsync();

            // Tests run as root in a container, where Chromium's own sandbox does not start.
            _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = ["--no-sandbox", "--disable-dev-shm-usage"] });
        }
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>A visitor of his own: no other one's settings, and everything that goes wrong noted.</summary>
    internal async Task<Visit> VisitAsync(BrowserNewContextOptions? options = null)
    {
        Skip.If(_browser is null, $"{Program} is not installed");
        return await Visit.BeginAsync(await _browser!.NewContextAsync(options));
    }
}
