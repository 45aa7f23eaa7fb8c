using Collector.Web.Exposition;

namespace Collector.Tests.Web.Exposition;

public sealed class ContentNegotiationTests
{
    [Theory]
    [InlineData(null, "text")]
    [InlineData("", "text")]
    [InlineData("*/*", "text")]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text")]
    [InlineData("application/*", "text")]
    [InlineData("application/json", "text")]
    [InlineData("text/plain", "text")]
    [InlineData("application/openmetrics-text", "openmetrics")]
    [InlineData("Application/OpenMetrics-Text; Version=1.0.0", "openmetrics")]
    [InlineData("application/openmetrics-text; version=\"1.0.0\"; charset=utf-8", "openmetrics")]
    [InlineData("application/openmetrics-text; version=0.0.1", "text")]
    [InlineData("application/openmetrics-text;version=2.0.0", "text")]
    [InlineData("application/openmetrics-text;q=0", "text")]
    [InlineData("application/openmetrics-text;q=0,*/*", "text")]
    [InlineData("application/openmetrics-text;q=nonsense", "text")]
    [InlineData("application/openmetrics-text, */*", "openmetrics")]
    [InlineData("*/*;q=0.9, application/openmetrics-text;q=0.9", "openmetrics")]
    [InlineData("text/plain;q=0.5, application/openmetrics-text;q=0.6", "openmetrics")]
    [InlineData("text/plain;q=0.6, application/openmetrics-text;q=0.5", "text")]
    [InlineData("text/plain, application/openmetrics-text", "text")]
    [InlineData("text/plain;version=0.0.4;q=0,application/openmetrics-text;q=0.1", "openmetrics")]
    [InlineData(", ,;,=;q", "text")]
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "openmetrics")]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1", "openmetrics")]
    [InlineData("text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5,application/openmetrics-text;version=1.0.0;q=0.4,*/*;q=0.2", "text")]
    public void Format_AcceptHeader_IsChosen(string? accept, string expected) =>
        Assert.Equal(expected == "openmetrics" ? TextFormat.OpenMetrics : TextFormat.Prometheus, ContentNegotiation.Format(accept));

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("identity", false)]
    [InlineData("gzip", true)]
    [InlineData("GZIP", true)]
    [InlineData("deflate, gzip;q=0.5", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("gzip;q=0.000", false)]
    [InlineData("*", true)]
    [InlineData("*;q=0", false)]
    [InlineData("gzip;q=0, *", false)]
    [InlineData("x-gzip", false)]
    public void TakesGzip_AcceptEncodingHeader_IsTold(string? acceptEncoding, bool expected) =>
        Assert.Equal(expected, ContentNegotiation.TakesGzip(acceptEncoding));
}
