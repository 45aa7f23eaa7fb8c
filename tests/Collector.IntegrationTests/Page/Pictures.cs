using Collector.IntegrationTests.Support;
using Microsoft.Playwright;

namespace Collector.IntegrationTests.Page;

/// <summary>The pictures in docs/images, taken anew with <c>UPDATE_DOCS=1</c>.</summary>
internal static class Pictures
{
    public static bool AreWanted => Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1";

    public static async Task TakeAsync(IPage page, string name)
    {
        if (AreWanted)
        {
            // The test's own folder is nothing to show.
            await page.EvaluateAsync("""
                () => {
                  const store = document.querySelector('#database dd');
                  const shorten = () => { if (store.textContent.includes(' in /')) store.textContent = store.textContent.replace(/ in \/.*\/data/, ' in data'); };
                  new MutationObserver(shorten).observe(store, { childList: true, characterData: true, subtree: true });
                  shorten();
                }
                """);
            await page.ScreenshotAsync(new() { Path = RepositoryRoot.Combine("docs", "images", name + ".png") });
        }
    }
}
