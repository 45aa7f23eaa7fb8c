using System.Text;
using Collector.Sources.Prometheus;
using FsCheck;
using FsCheck.Xunit;

namespace Collector.Tests.Sources.Prometheus;

/// <summary>Whatever a page holds, reading it ends, throws nothing, and finds no more samples than there are lines to hold them.</summary>
public sealed class SampleReaderGarbageTests
{
    private static readonly string[] Pieces =
        ["a", "metric_total", "{", "}", "\"", "\\", "\\n", "=", ",", " ", "\t", "\n", "#", "# EOF", "# TYPE a counter", "1", "-1.5e3", "NaN", "+Inf", "1395066363000", "le", "\u00e9", "\0", "ct@1"];

    private static readonly byte[] Page = Encoding.UTF8.GetBytes(
        "# HELP a text\n# TYPE a counter\na_total{b=\"c\",d=\"e \\\"f\\\\\"} 1.5e3 1395066363000\n{\"g.h\",i=\"j\"} NaN\nk 1 # {l=\"m\"} 2 3\n# EOF\n");

    [Property(MaxTest = 2000)]
    public bool Read_AnyBytes_Ends(byte[] page) => Ends(page);

    [Property(MaxTest = 2000)]
    public bool Read_AnyPieces_Ends(NonNegativeInt[] picks) => Ends(Encoding.UTF8.GetBytes(string.Concat(picks.Select(pick => Pieces[pick.Get % Pieces.Length]))));

    [Property(MaxTest = 2000)]
    public bool Read_MutatedPage_Ends(NonNegativeInt[] places, byte[] bytes)
    {
        byte[] page = [.. Page];
        for (int i = 0; i < Math.Min(places.Length, bytes.Length); i++)
        {
            page[places[i].Get % page.Length] = bytes[i];
        }

        return Ends(page);
    }

    [Fact]
    public void Read_PageCutAnywhere_IsNoOpenMetricsPage()
    {
        for (int length = 0; length < Page.Length - 1; length++) // the last line's end may be missing
        {
            Assert.StartsWith("! ", SampleTexts.Of(Page.AsSpan(0, length), ExpositionFormat.OpenMetrics)[^1], StringComparison.Ordinal);
        }

        Assert.Equal(3, SampleTexts.Of(Page, ExpositionFormat.OpenMetrics).Count);
    }

    private static bool Ends(byte[] page)
    {
        int lines = page.Count(value => value == (byte)'\n') + 1;
        return SampleTexts.Of(page, ExpositionFormat.Text).Count <= lines + 1
            && SampleTexts.Of(page, ExpositionFormat.OpenMetrics).Count <= lines + 1;
    }
}
