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
            await page.ScreenshotAsync(new() { Path = RepositoryRoot.Combine("docs", "images", name + ".png") });
        }
    }
}
