using System.Collections.Concurrent;
using Collector.IntegrationTests.Pipeline;
using Microsoft.Playwright;

namespace Collector.IntegrationTests.Page;

/// <summary>A browser's page with all that a visitor would not see: errors, requests, how often it was loaded.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private int _loads;

    private Visit(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.SetDefaultTimeout((float)CollectorProcess.Soon.TotalMilliseconds);
        page.Console += (_, message) => Note(message.Type is "error" or "warning", message.Text);
        page.PageError += (_, error) => Note(true, error);
        page.Dialog += (_, dialog) => Note(true, $"a dialog: {dialog.Message}");
        page.Request += (_, request) => _requests.Enqueue(request.Url);
        page.Load += (_, _) => Interlocked.Increment(ref _loads);
    }

    public IPage Page { get; }

    /// <summary>How often the page was loaded.</summary>
    public int Loads => Volatile.Read(ref _loads);

    /// <summary>What the browser complained about.</summary>
    public string[] Errors => [.. _errors];

    public string[] Requests => [.. _requests];

    public static async Task<Visit> BeginAsync(IBrowserContext context) => new(context, await context.NewPageAsync());

    /// <summary>Opens the collector's page and waits until it is live.</summary>
    public async Task OpenAsync(CollectorProcess collector)
    {
        await Page.GotoAsync($"http://127.0.0.1:{collector.Port}/");
        await LinkIsAsync("live");
    }

    public Task LinkIsAsync(string state) => Page.Locator($"#link[data-state={state}]").WaitForAsync();

    /// <summary>Waits until an expression of JavaScript is true.</summary>
    public Task UntilAsync(string expression) => Page.WaitForFunctionAsync(expression);

    /// <summary>No error, and no request that left the origin.</summary>
    public void IsClean(CollectorProcess collector)
    {
        Assert.Empty(Errors);
        Assert.NotEmpty(Requests);
        Assert.All(Requests, request => Assert.StartsWith($"http://127.0.0.1:{collector.Port}/", request, StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Note(bool isError, string text)
    {
        if (isError)
        {
            _errors.Enqueue(text);
        }
    }
}
