using System.Net;
using System.Text.Json;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Stores.QuestDb;

namespace Collector.Tests.Stores.QuestDb;

public sealed class WriteOutcomeTests
{
    private const string Place = "QuestDB at http://db:9000";

    private static readonly Batch Rows = new(
        SchemaReader.Read("t1.sql", "CREATE TABLE t1 (ts TIMESTAMP, k SYMBOL, l LONG, d DOUBLE) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)", [])!,
        new byte[100],
        Rows: 3);

    [Theory]
    [InlineData(200)]
    [InlineData(204)]
    public void Of_Success_IsAccepted(int status) => Assert.Same(Outcome.Accepted.Instance, Of(status, ""));

    [Theory]
    [InlineData("<html><title>Sign in</title></html>", "It says: <html><title>Sign in</title></html>")]
    [InlineData("OK", "It says: OK")]
    public void Of_SuccessWithAPage_IsHaltedAndNothingIsStored(string body, string said) =>
        Assert.EndsWith(said, Assert.IsType<Outcome.Halted>(Of(200, body)).Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData("table: t1, timestamp: -1; designated timestamp before 1970-01-01 is not allowed")]
    [InlineData("Could not parse entire line, field value is invalid. Field: v; value: nan")]
    [InlineData("Could not parse entire line, field value is invalid. Field: v; value: table: t1, column: l does not exist, creating new columns is disabled")]
    [InlineData("table: t1, column: l; cast error from protocol type: FLOAT to column type: LONG")]
    public void Of_BadRow_IsRejectedWithLineAndErrorId(string text)
    {
        Outcome.Rejected rejected = Assert.IsType<Outcome.Rejected>(Of(400, Refusal(text, line: 2)));

        Assert.Equal(2, rejected.Line);
        Assert.Equal("7fc6b18e2d0e-1", rejected.ErrorId);
        Assert.Equal($"{Place} refused a row of t1: {text}", rejected.Reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Of_LineThatTheBatchDoesNotHave_IsRejectedWithoutLine(int line) =>
        Assert.Null(Assert.IsType<Outcome.Rejected>(Of(400, Refusal("Could not parse", line))).Line);

    [Theory]
    [InlineData("")]
    [InlineData("<html>bad gateway config</html>")]
    [InlineData("""{"code":"invalid","mess""")]
    [InlineData("[1]")]
    [InlineData("""{"message":5,"line":"x","errorId":7}""")]
    [InlineData("""{"message":"Bad Request"}""")]
    public void Of_RefusalThatIsNotQuestDbs_IsHaltedAndNoVerdictOnRows(string body) =>
        Assert.Contains("look at what stands in between", Assert.IsType<Outcome.Halted>(Of(400, body)).Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData("table: t1, column: l does not exist, creating new columns is disabled", "has no column l: run `collector schema apply`")]
    [InlineData("table: t1, column: zz does not exist, creating new columns is disabled", "put it back into the file")]
    [InlineData("table: t1; table does not exist, creating new tables is disabled", "the table t1 is missing in QuestDB at http://db:9000: run `collector schema apply`")]
    [InlineData("table: t1; cannot insert in non-WAL table", "takes no rows for t1: cannot insert in non-WAL table")]
    [InlineData("table: t1; cannot modify materialized view: t1", "takes no rows for t1")]
    [InlineData("table: t1, column: d; cast error from protocol type: FLOAT to column type: LONG", "the column d of the table t1 is LONG in QuestDB at http://db:9000 and DOUBLE in its schema file")]
    [InlineData("table: t1, column: L; cast error from protocol type: INTEGER to column type: VARCHAR", "is VARCHAR in")]
    public void Of_FaultOfTheTable_IsHalted(string text, string reason) =>
        Assert.Contains(reason, Assert.IsType<Outcome.Halted>(Of(400, Refusal(text, line: 1))).Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData(301)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(415)]
    [InlineData(418)]
    [InlineData(202)]
    public void Of_StatusThatSendingAgainDoesNotCure_IsHalted(int status)
    {
        string reason = Assert.IsType<Outcome.Halted>(Of(status, "text")).Reason;

        Assert.Contains(Place, reason, StringComparison.Ordinal);
        Assert.Contains(status.ToString(), reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(421)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public void Of_StatusThatPasses_IsRetryAfterWhatTheServerAsks(int status)
    {
        Outcome.Retry retry = Assert.IsType<Outcome.Retry>(WriteOutcome.Of(new Reply((HttpStatusCode)status, "", true, TimeSpan.FromSeconds(7)), Rows, Place));

        Assert.Equal(TimeSpan.FromSeconds(7), retry.After);
        Assert.Null(Assert.IsType<Outcome.Retry>(Of(status, "")).After);
    }

    [Theory]
    [InlineData(500, true)]
    [InlineData(501, false)]
    [InlineData(502, false)]
    [InlineData(503, false)]
    [InlineData(504, false)]
    [InlineData(408, false)]
    [InlineData(421, false)]
    [InlineData(429, false)]
    public void Of_StatusThatPasses_MayBeARowsFaultOnlyAsInternalError(int status, bool mayBeData) =>
        Assert.Equal(mayBeData, Assert.IsType<Outcome.Retry>(Of(status, "")).MayBeData);

    [Theory]
    [InlineData("""{"code":"request too large","message":"failed to parse line protocol:errors encountered on line(s):transaction is too large, either flush more frequently or increase buffer size \"line.http.max.recv.buffer.size\" [maxBufferSize=4.0 KiB]","line":1,"errorId":"d1bbc8d46d1c-2"}""", true)]
    [InlineData("<html><h1>413 Request Entity Too Large</h1>nginx</html>", false)]
    public void Of_BodyTooLarge_IsRejectedToBeCutInHalvesAndBlamesARowOnlyAsQuestDb(string body, bool blamesRow)
    {
        Outcome.Rejected rejected = Assert.IsType<Outcome.Rejected>(Of(413, body));

        Assert.Null(rejected.Line);
        Assert.Equal(blamesRow, rejected.BlamesRow);
    }

    [Fact]
    public void Of_LongTextWithControlCharacters_IsOneShortLine()
    {
        string reason = Assert.IsType<Outcome.Retry>(Of(500, "a\r\nb\0" + new string('x', 5000))).Reason;

        Assert.DoesNotContain(reason, char.IsControl);
        Assert.True(reason.Length < 500, reason);
    }

    private static Outcome Of(int status, string body) => WriteOutcome.Of(new Reply((HttpStatusCode)status, body), Rows, Place);

    private static string Refusal(string text, int line) => JsonSerializer.Serialize(new
    {
        code = "invalid",
        message = $"failed to parse line protocol:errors encountered on line(s):\nerror in line {line}: {text}",
        line,
        errorId = "7fc6b18e2d0e-1",
    });
}
