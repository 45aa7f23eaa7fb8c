using Collector.Web.Listeners;
using Microsoft.AspNetCore.Http;

namespace Collector.Capabilities.Gateway.Influx;

/// <summary>Which requests are InfluxDB's, and what its clients find at each answer.</summary>
internal static class InfluxDialect
{
    public const string Query = "/query";

    /// <summary>As QuestDB says too. Clients look whether it is there, and some whether it is 1 or 2.</summary>
    private const string Version = "v2.7.4";

    private static readonly byte[] Ready = Health("pass", "ready for writes");
    private static readonly byte[] NotReady = Health("fail", "the collector starts or stops");

    /// <summary>
    /// True for <c>/api/v2/write</c>, and for <c>/write</c> that names a database, an organisation or a bucket: QuestDB's own
    /// clients name none.
    /// </summary>
    public static bool Speaks(HttpRequest request) => request.Path.Value switch
    {
        "/api/v2/write" or Query => true,
        "/write" => request.Query.ContainsKey("db") || request.Query.ContainsKey("org") || request.Query.ContainsKey("bucket"),
        _ => false,
    };

    /// <summary>Whether the request brings the token as clients of InfluxDB 1 may, in the query: <c>?u=any&amp;p=token</c>.</summary>
    public static bool Admits(AccessToken token, HttpRequest request) =>
        Speaks(request) && token.AdmitsPair(request.Query["u"].ToString(), request.Query["p"].ToString());

    /// <summary>Whether it brings one there, right or wrong.</summary>
    public static bool BringsToken(HttpRequest request) => Speaks(request) && (request.Query.ContainsKey("u") || request.Query.ContainsKey("p"));

    public static void Sign(HttpResponse response)
    {
        response.Headers["X-Influxdb-Version"] = Version;
        response.Headers["X-Influxdb-Build"] = "OSS";
    }

    /// <summary>What <c>GET /health</c> of InfluxDB 2 answers.</summary>
    public static Task HealthAsync(HttpContext context, bool isOpen)
    {
        Sign(context.Response);
        return isOpen ? Reply.JsonAsync(context, Ready) : Reply.JsonAsync(context, NotReady, StatusCodes.Status503ServiceUnavailable);
    }

    private static byte[] Health(string status, string message) =>
        System.Text.Encoding.ASCII.GetBytes($$"""{"name":"influxdb","message":"{{message}}","status":"{{status}}","checks":[],"version":"{{Version}}"}""");
}
