using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;
using Microsoft.AspNetCore.Http;

namespace Collector.IntegrationTests.Page;

/// <summary>What the page of another site does to a collector without a token, in a real browser on the same machine.</summary>
public sealed class ForeignSiteTests(Browser browser) : IClassFixture<Browser>
{
    [SkippableTheory]
    [InlineData("localhost")] // another site
    [InlineData("127.0.0.1")] // the same one, at another port
    public async Task Open_APageThatWrites_NothingIsTaken(string host)
    {
        await using CollectorProcess collector = new("store:\n  type: sqlite", "sources:\n  host:\n    - interval: 200ms");
        await collector.StartReadyAsync();
        string gateway = $"http://127.0.0.1:{collector.GatewayPort}", page = $"http://127.0.0.1:{collector.Port}";
        await using LocalServer evil = await LocalServer.StartAsync(context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync($$"""
                <iframe name="hidden"></iframe>
                <form id="lines" method="post" enctype="text/plain" target="hidden" action="{{gateway}}/write"><textarea name="evil v">1i</textarea></form>
                <form id="alert" method="post" enctype="text/plain" target="hidden" action="{{page}}/alerts"><textarea name='{"alerts":[{"status":"firing","a":"'>"}]}</textarea></form>
                <script>
                  const ask = (url, options) => fetch(url, { mode: "no-cors", ...options }).then(() => 1, () => 0);
                  window.done = (async () => {
                    await ask("{{gateway}}/write", { method: "POST", body: "evil v=1i\\n" });
                    await ask("{{gateway}}/api/v2/write?bucket=b", { method: "POST", body: "evil v=1i\\n" });
                    await ask("{{page}}/alerts", { method: "POST", body: '{"alerts":[{"status":"firing"}]}' });
                    await ask("{{page}}/alerts", { method: "POST", keepalive: true, body: '{"alerts":[{"status":"firing"}]}' });
                    for (const form of ["lines", "alert"]) {
                      const loaded = new Promise((next) => document.querySelector("iframe").onload = next);
                      document.getElementById(form).submit();
                      await loaded;
                    }
                    return true;
                  })();
                </script>
                """);
        });
        await using Visit visit = await browser.VisitAsync();

        await visit.Page.GotoAsync($"http://{host}:{evil.Url.Port}/");
        Assert.True(await visit.Page.EvaluateAsync<bool>("() => window.done"));

        MetricsText books = await collector.MetricsAsync();
        Assert.Equal(3, books.Count("collector_foreign_requests_total", "listener=\"gateway\""));
        Assert.Equal(3, books.Count("collector_foreign_requests_total", "listener=\"http\""));
        Assert.Equal(0, books.Count("collector_gateway_lines_accepted_total"));
        Assert.Equal(0, books.Count("collector_alerts_received_total"));
        Assert.DoesNotContain("evil", string.Concat(Directory.GetFileSystemEntries(collector.DataFolder, "*", SearchOption.AllDirectories)), StringComparison.Ordinal);
    }
}
