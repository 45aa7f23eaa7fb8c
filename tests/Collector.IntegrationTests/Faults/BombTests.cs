using System.IO.Compression;
using System.Net;
using System.Text;
using Collector.IntegrationTests.Pipeline;

namespace Collector.IntegrationTests.Faults;

/// <summary>Small requests that grow large once they are read: they cost their sender an answer, and the collector no memory.</summary>
public sealed class BombTests
{
    private const int BodyBytes = 32 << 20;

    /// <summary>What a container of the shipped size leaves to it.</summary>
    private const long MostBytes = 512L << 20;

    [Fact]
    public async Task Write_BombsOfManyKindsAndAHeapOf256MiB_CostNoMemoryAndNoOtherSendersRows()
    {
        await using CollectorProcess collector = new("store:\n  type: sqlite");
        collector.Environment["DOTNET_GCHeapHardLimit"] = "0x10000000";
        await collector.StartReadyAsync();
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };

        foreach (string path in (string[])["write", "api/v2/write?bucket=b"])
        {
            foreach (byte[] bomb in Bombs().Select(Zipped))
            {
                HttpStatusCode[] answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => SendAsync(http, collector, path, bomb)));
                Assert.All(answers, status => Assert.True(status is HttpStatusCode.NoContent or HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadRequest, $"{path} answered {status}"));
            }
        }

        Assert.Equal(HttpStatusCode.NoContent, await SendAsync(http, collector, "write", Zipped("other,k=a n=1i\nother,k=a n=\"text\"\n"u8.ToArray())));
        MetricsText page = await collector.MetricsUntilAsync(page => page.Count("collector_rows_delivered_total", "table=\"other\"") == 1);
        Assert.Equal(0, page.Count("collector_ledger_remainder"));
        Assert.Contains("other", string.Concat(Directory.GetFiles(Path.Combine(collector.DataFolder, "quarantine")).Select(Path.GetFileName)), StringComparison.Ordinal);
        Assert.DoesNotContain("please report it", collector.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("OutOfMemory", collector.Output, StringComparison.Ordinal);
        Assert.InRange(PeakBytes(collector.ProcessId), 0, MostBytes);
    }

    private static IEnumerable<byte[]> Bombs()
    {
        yield return Filled("\u0001");
        yield return Filled("\u0001\n");
        yield return Filled("bomb,k=a \u0001\n");
        yield return Filled("x", start: "bomb a=\"");
        yield return Filled("a=1,", start: "bomb ");
        yield return Filled("\\", start: "bomb,k=");
        yield return Filled("é\n", start: "bomb v=\"");
        yield return Filled("bomb,k=a v=\"" + new string('\u0001', 60_000) + "\n");
    }

    private static byte[] Filled(string text, string start = "")
    {
        byte[] bytes = new byte[BodyBytes - 64], part = Encoding.UTF8.GetBytes(text);
        int at = Encoding.UTF8.GetBytes(start, bytes);
        for (; at < bytes.Length; at += part.Length)
        {
            part.AsSpan(0, Math.Min(part.Length, bytes.Length - at)).CopyTo(bytes.AsSpan(at));
        }

        return bytes;
    }

    private static byte[] Zipped(byte[] bytes)
    {
        var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return zipped.ToArray();
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient http, CollectorProcess collector, string path, byte[] zipped)
    {
        using var content = new ByteArrayContent(zipped);
        content.Headers.ContentEncoding.Add("gzip");
        using HttpResponseMessage answer = await http.PostAsync(new Uri($"http://127.0.0.1:{collector.GatewayPort}/{path}"), content);
        return answer.StatusCode;
    }

    private static long PeakBytes(int process) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) * 1024;
}
