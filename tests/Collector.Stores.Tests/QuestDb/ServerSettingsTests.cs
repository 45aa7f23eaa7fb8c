using System.Net;
using Collector.Pipe.Delivery;
using Collector.Stores.QuestDb;

namespace Collector.Tests.Stores.QuestDb;

public sealed class ServerSettingsTests
{
    [Theory]
    [InlineData("""{"config":{"release.type":"OSS","release.version":"9.3.4","line.proto.support.versions":[1,2,3]}}""")]
    [InlineData("""{"release.version":"10.0","line.proto.support.versions":[2]}""")]
    [InlineData("""{"config":{"release.version":"[DEVELOPMENT]","line.proto.support.versions":[1,2]}}""")]
    [InlineData("""{"config":{"line.proto.support.versions":[1,2]}}""")]
    public void Check_ServerThatTakesVersion2_IsFit(string body) => Assert.Null(Check(200, body));

    [Theory]
    [InlineData("""{"config":{"release.version":"8.3.1","line.proto.support.versions":[1,2]}}""", "is version 8.3.1; 9.0 or newer is needed")]
    [InlineData("""{"config":{"release.version":"9.0.0","line.proto.support.versions":[1]}}""", "does not take line protocol version 2")]
    [InlineData("""{"config":{}}""", "does not take line protocol version 2")]
    [InlineData("""{"config":5}""", "as QuestDB does")]
    [InlineData("<html>", "as QuestDB does")]
    [InlineData("", "as QuestDB does")]
    public void Check_ServerThatDoesNot_IsHalted(string body, string reason) =>
        Assert.Contains(reason, Assert.IsType<Outcome.Halted>(Check(200, body)).Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData(401, "refused authentication")]
    [InlineData(404, "has no /settings")]
    [InlineData(302, "has no /settings")]
    public void Check_AnswerOfAnother_IsHalted(int status, string reason) =>
        Assert.Contains(reason, Assert.IsType<Outcome.Halted>(Check(status, "")).Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public void Check_ServerNotReady_IsRetry(int status) => Assert.IsType<Outcome.Retry>(Check(status, ""));

    [Theory]
    [InlineData("""{"config":{"accepting.writes":["http","tcp","pgwire"]}}""", false)]
    [InlineData("""{"config":{"accepting.writes":[]}}""", true)]
    [InlineData("""{"config":{}}""", null)]
    [InlineData("<html>", null)]
    public void IsReadOnly_Settings_TellsWhatTheyTell(string body, bool? expected) => Assert.Equal(expected, ServerSettings.IsReadOnly(body));

    private static Outcome? Check(int status, string body) => ServerSettings.Check(new Reply((HttpStatusCode)status, body), "QuestDB at http://db:9000");
}
