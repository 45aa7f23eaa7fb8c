using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Collector.IntegrationTests.Support;

/// <summary>What a query answered.</summary>
/// <param name="Columns">The names of the columns.</param>
/// <param name="Rows">The rows, each an array in the order of the columns: <c>rows[0][1].GetInt64()</c>.</param>
public sealed record QuestDbAnswer(IReadOnlyList<string> Columns, IReadOnlyList<JsonElement> Rows);

/// <summary>SQL over HTTP (<c>GET /exec</c>), for tests to set up and to look.</summary>
public sealed class QuestDbClient : IDisposable
{
    private readonly HttpClient _http;

    public QuestDbClient(Uri url, string? username = null, string? password = null)
    {
        Url = url;
        _http = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(30) };
        if (username is not null)
        {
            string pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}"));
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", pair);
        }
    }

    /// <summary>The address of the server.</summary>
    public Uri Url { get; }

    /// <summary>Executes a statement; a statement without rows answers with none. Refused SQL throws the server's reason.</summary>
    public async Task<QuestDbAnswer> ExecAsync(string sql, CancellationToken cancellationToken = default)
    {
        using HttpResponseMessage response =
            await _http.GetAsync(new Uri($"/exec?query={Uri.EscapeDataString(sql)}", UriKind.Relative), cancellationToken);
        string body = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"QuestDB answered {(int)response.StatusCode} to '{sql}': {body}");
        }

        JsonElement answer = JsonSerializer.Deserialize<JsonElement>(body);
        return answer.TryGetProperty("dataset", out JsonElement rows)
            ? new QuestDbAnswer(
                [.. answer.GetProperty("columns").EnumerateArray().Select(column => column.GetProperty("name").GetString()!)],
                [.. rows.EnumerateArray()])
            : new QuestDbAnswer([], []);
    }

    /// <summary>
    /// Repeats a query until its answer is as it should be, and returns that; WAL tables are written a moment later, and one
    /// that the query names may not be there yet.
    /// </summary>
    public async Task<QuestDbAnswer> ExecUntilAsync(string sql, Func<QuestDbAnswer, bool> enough, TimeSpan within)
    {
        using var deadline = new CancellationTokenSource(within);
        QuestDbAnswer? last = null;
        try
        {
            while (true)
            {
                last = await ExecOnceThereAsync(sql, deadline.Token);
                if (last is not null && enough(last))
                {
                    return last;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, deadline.Token);
            }
        }
        catch (OperationCanceledException late)
        {
            string rows = last is null ? "no answer" : string.Join('\n', last.Rows);
            throw new TimeoutException($"'{sql}' did not answer as expected within {within.TotalSeconds} s; last:\n{rows}", late);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<QuestDbAnswer?> ExecOnceThereAsync(string sql, CancellationToken cancellationToken)
    {
        try
        {
            return await ExecAsync(sql, cancellationToken);
        }
        catch (InvalidOperationException refused) when (refused.Message.Contains("table does not exist", StringComparison.Ordinal))
        {
            return null;
        }
    }
}
