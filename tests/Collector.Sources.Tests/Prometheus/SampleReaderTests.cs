using System.Text;
using Collector.Sources.Http;
using Collector.Sources.Prometheus;

namespace Collector.Tests.Sources.Prometheus;

public sealed class SampleReaderTests
{
    /// <summary>The example of Prometheus' documentation, "Exposition formats".</summary>
    private const string Documented = """
        # HELP http_requests_total The total number of HTTP requests.
        # TYPE http_requests_total counter
        http_requests_total{method="post",code="200"} 1027 1395066363000
        http_requests_total{method="post",code="400"}    3 1395066363000

        # Escaping in label values:
        msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\""} 1.458255915e9

        # Minimalistic line:
        metric_without_timestamp_and_labels 12.47

        # A weird metric from before the epoch:
        something_weird{problem="division by zero"} +Inf -3982045

        # A histogram, which has a pretty complex representation in the text format:
        # HELP http_request_duration_seconds A histogram of the request duration.
        # TYPE http_request_duration_seconds histogram
        http_request_duration_seconds_bucket{le="0.05"} 24054
        http_request_duration_seconds_bucket{le="+Inf"} 144320
        http_request_duration_seconds_sum 53423
        http_request_duration_seconds_count 144320

        # Finally a summary, which has a complex representation, too:
        rpc_duration_seconds{quantile="0.01"} 3102
        rpc_duration_seconds{quantile="0.99"} NaN
        rpc_duration_seconds_sum 1.7560473e+07
        """;

    [Fact]
    public void Read_TheDocumentedPage_IsItsSamples() => Assert.Equal(
        [
            """http_requests_total{code="200",method="post"} 1027 @1395066363000000""",
            """http_requests_total{code="400",method="post"} 3 @1395066363000000""",
            """msdos_file_access_time_seconds{error="Cannot find file:\n\"FILE.TXT\"",path="C:\\DIR\\FILE.TXT"} 1458255915""",
            "metric_without_timestamp_and_labels{} 12.47",
            """something_weird{problem="division by zero"} Infinity @-3982045000""",
            """http_request_duration_seconds_bucket{le="0.05"} 24054""",
            """http_request_duration_seconds_bucket{le="+Inf"} 144320""",
            "http_request_duration_seconds_sum{} 53423",
            "http_request_duration_seconds_count{} 144320",
            """rpc_duration_seconds{quantile="0.01"} 3102""",
            """rpc_duration_seconds{quantile="0.99"} NaN""",
            "rpc_duration_seconds_sum{} 17560473",
        ],
        Read(Documented, ExpositionFormat.Text));

    [Fact]
    public void Read_OpenMetrics_PassesOverExemplarsUnitsAndTellsTimesInSeconds() => Assert.Equal(
        ["foo_bucket{le=\"0.1\"} 8", "foo_bucket{le=\"1\"} 10 @1520879607789000", "foo_count{} 17 @1520879607789500", "foo_created{} 1520430000.123"],
        Read(
            """
            # TYPE foo histogram
            # UNIT foo seconds
            # HELP foo a "text" {with} # marks \n
            foo_bucket{le="0.1"} 8 # {} 0.054
            foo_bucket{le="1"} 10 1520879607.789 # {id="abc}\"#",x="y"} 0.67 1520879607.1
            foo_count 17 1520879607.7895
            foo_created 1520430000.123
            # EOF

            """,
            ExpositionFormat.OpenMetrics));

    [Theory]
    [InlineData("a 1\n", "the page ends without # EOF")]
    [InlineData("", "the page ends without # EOF")]
    [InlineData("a 1\n# EOF\nb 2\n", "something comes after # EOF")]
    [InlineData("a 1\n# EOF\n\n", "something comes after # EOF")]
    [InlineData("a 1\n# EOFs\n", "the page ends without # EOF")]
    [InlineData("a{b=\"c\nd\"} 1\n# EOF\n", "line 1: a label set is not closed")]
    [InlineData("a 1 NaN\n# EOF\n", "line 1: a sample's timestamp is none")]
    public void Read_OpenMetricsCutShortOrGoingOn_IsAFault(string page, string problem) =>
        Assert.Contains(problem, Read(page, ExpositionFormat.OpenMetrics)[^1], StringComparison.Ordinal);

    [Fact]
    public void Read_OpenMetricsEndWithoutALineEnd_IsTheEnd() => Assert.Equal(["a{} 1"], Read("a 1\n# EOF", ExpositionFormat.OpenMetrics));

    [Theory]
    [InlineData("a 1", "a{} 1")]
    [InlineData("\n\n \t\na 1\n\n", "a{} 1")]
    [InlineData("  a\t1\t2  \n", "a{} 1 @2000")]
    [InlineData("a {b = \"c\" , d=\"e\",} 1", "a{b=\"c\",d=\"e\"} 1")]
    [InlineData("a{}1\n", "a{} 1")]
    [InlineData("a{b=\"c\"}1\n", "a{b=\"c\"} 1")]
    [InlineData("a:b_c9{_b1=\"\"} 1\n", "a:b_c9{} 1")]
    [InlineData("a{b=\"c\nd\"} 1\n", "a{b=\"c\\nd\"} 1")]
    [InlineData("a{b=\"\\x\\\\\"} 1\n", "a{b=\"\\\\x\\\\\"} 1")]
    [InlineData("#a 1\n# a 1\n#\n", null)]
    [InlineData("# EOF\na 1\n", "a{} 1")]
    [InlineData("a{z=\"1\",Z=\"2\",b=\"3\"} 1", "a{Z=\"2\",b=\"3\",z=\"1\"} 1")]
    [InlineData("{\"my.name\",\"l.b\"=\"x\",c=\"y\"} 1", "my.name{c=\"y\",\"l.b\"=\"x\"} 1")]
    [InlineData("a{b=\"äöü😀\"} 1", "a{b=\"äöü😀\"} 1")]
    public void Read_TextInItsForms_IsTheSample(string page, string? sample) => Assert.Equal(sample is null ? [] : [sample], Read(page, ExpositionFormat.Text));

    [Theory]
    [InlineData("a\n", "no number")]
    [InlineData("a x\n", "no number")]
    [InlineData("a 0x1p2\n", "no number")]
    [InlineData("a 1_000\n", "no number")]
    [InlineData("a 1,5\n", "no number")]
    [InlineData("a ∞\n", "no number")]
    [InlineData("a 1e\n", "no number")]
    [InlineData("a 1 2 3\n", "something comes after")]
    [InlineData("a 1 1.5\n", "timestamp is none")]
    [InlineData("a 1 # {x=\"y\"} 2\n", "something comes after")]
    [InlineData("a{b=\"c\" 1\n", "not closed")]
    [InlineData("a{b=\"c} 1\n", "not closed")]
    [InlineData("a{b=\"c\\", "not closed")]
    [InlineData("a{b} 1\n", "the label b of a has no value")]
    [InlineData("a{b=c} 1\n", "the label b of a has no quoted value")]
    [InlineData("a{b=\"c\" d=\"e\"} 1\n", "no comma follows the label b of a")]
    [InlineData("a{1b=\"c\"} 1\n", "other than a label's name")]
    [InlineData("a{,} 1\n", "other than a label's name")]
    [InlineData("a{b=\"c\",b=\"d\"} 1\n", "a has the label b twice")]
    [InlineData("a{\"n\",b=\"d\"} 1\n", "the label n of a has no value")]
    [InlineData("{b=\"d\"} 1\n", "a series has no name")]
    [InlineData("1a 1\n", "begins with a digit")]
    [InlineData("<html>\n", "neither a metric's name nor #")]
    [InlineData("{\"running\": true}\n", "no number")]
    [InlineData("\0", "neither a metric's name nor #")]
    [InlineData("a 1\r\n", "no number")]
    public void Read_SomethingElse_IsAFaultWithItsLine(string page, string problem)
    {
        string fault = Read("first 1\n\n" + page, ExpositionFormat.Text)[^1];

        Assert.StartsWith("! line 3: ", fault, StringComparison.Ordinal);
        Assert.Contains(problem, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LatinOne_IsAFault() => Assert.Contains("not UTF-8", SampleTexts.Of(Encoding.Latin1.GetBytes("a{b=\"ä\"} 1\n"), ExpositionFormat.Text)[^1], StringComparison.Ordinal);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", 0)]
    [InlineData("+1", 1)]
    [InlineData("-1.5e-3", -0.0015)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5)]
    [InlineData("999999999999999", 999999999999999)]
    [InlineData("12345678901234567890", 12345678901234567890d)]
    [InlineData("9007199254740993", 9007199254740992)]
    [InlineData("4.9406564584124654e-324", double.Epsilon)]
    [InlineData("1.7976931348623157e308", double.MaxValue)]
    [InlineData("inf", double.PositiveInfinity)]
    [InlineData("+Inf", double.PositiveInfinity)]
    [InlineData("-INFINITY", double.NegativeInfinity)]
    [InlineData("1e999", double.PositiveInfinity)]
    [InlineData("nan", double.NaN)]
    public void TryParse_Number_IsItsValue(string text, double value)
    {
        Assert.True(SampleNumber.TryParse(Encoding.UTF8.GetBytes(text), out double parsed));
        Assert.Equal(value, parsed);
    }

    [Theory]
    [InlineData("9223372036854775807", false)]
    [InlineData("-9223372036854775808", false)]
    [InlineData("1e300", true)]
    public void TryTime_FarAway_IsFarAway(string text, bool isSeconds)
    {
        Assert.True(SampleNumber.TryTime(Encoding.UTF8.GetBytes(text), isSeconds, out long micros));
        Assert.True(Math.Abs(micros) > 1e17 && micros != SampleReader.NoTime);
    }

    [Fact]
    public void Read_KnownPage_AllocatesNothing()
    {
        byte[] page = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => $"some_metric_total{{device=\"eth{i}\",mode=\"rx\"}} {i * 1.5:R}\n")));
        int samples = 0;

        long bytes = Allocation.Least(() =>
        {
            samples = 0;
            var reader = new SampleReader(page, ExpositionFormat.Text);
            while (reader.Read())
            {
                samples++;
            }
        });

        Assert.Equal((500, 0), (samples, bytes));
    }

    private static List<string> Read(string page, ExpositionFormat format) => SampleTexts.Of(Encoding.UTF8.GetBytes(page), format);
}
