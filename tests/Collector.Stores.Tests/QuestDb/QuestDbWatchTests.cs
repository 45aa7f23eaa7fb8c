using System.Text.Json;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Stores.QuestDb;

namespace Collector.Tests.Stores.QuestDb;

public sealed class QuestDbWatchTests
{
    private static readonly Table Table = SchemaReader.Read("t.sql", "CREATE TABLE t (ts TIMESTAMP, n LONG) TIMESTAMP(ts) PARTITION BY DAY WAL", [])!;

    [Fact]
    public void Tables_SuspendedOne_TellsLagCauseAndRemedy()
    {
        TableLook look = Look(
            """{"columns":[{"name":"id"},{"name":"table_name"},{"name":"table_row_count"},{"name":"wal_pending_row_count"},{"name":"wal_dedup_row_count_since_start"},{"name":"wal_tx_count"},{"name":"table_min_timestamp"}],"dataset":[[6,"T",2,5,1,3,"2023-11-14T22:13:20.000001Z"],[7,"foreign",1,1,1,1,null]]}""",
            """{"columns":[{"name":"name"},{"name":"suspended"},{"name":"writerTxn"},{"name":"sequencerTxn"},{"name":"errorTag"},{"name":"errorMessage"}],"dataset":[["T",true,2,4,"DISK FULL","no space"]]}""");

        Assert.Equal(
            new TableLook
            {
                Id = 6,
                IsSuspended = true,
                Cause = "DISK FULL: no space",
                Remedy = "ALTER TABLE t RESUME WAL",
                LagTransactions = 2,
                PendingRows = 5,
                Rows = 2,
                DedupRows = 1,
                Transactions = 3,
                Earliest = new DateTimeOffset(2023, 11, 14, 22, 13, 20, TimeSpan.Zero).AddMicroseconds(1),
            },
            look);
    }

    [Fact]
    public void Tables_EmptyOne_HasNoRowsAndNoTime()
    {
        TableLook look = Look(
            """{"columns":[{"name":"table_name"},{"name":"table_row_count"},{"name":"table_min_timestamp"}],"dataset":[["t",null,"294247-01-10T04:00:54.775807Z"]]}""",
            """{"columns":[{"name":"name"},{"name":"suspended"},{"name":"writerTxn"},{"name":"sequencerTxn"}],"dataset":[["t",false,0,0]]}""");

        Assert.Equal((0L, 0L, false), (look.Rows, look.LagTransactions, look.IsSuspended));
        Assert.Null(look.Earliest);
    }

    [Fact]
    public void Tables_ColumnsThatTheVersionLacks_AreNotKnown()
    {
        TableLook look = Look("""{"columns":[{"name":"table_name"}],"dataset":[["t"]]}""", """{"columns":[{"name":"name"}],"dataset":[]}""");

        Assert.Null(look.IsSuspended);
        Assert.Null(look.LagTransactions);
        Assert.Null(look.PendingRows);
        Assert.Null(look.Rows);
    }

    [Theory]
    [InlineData("true,90,\"DAY\"", false)]
    [InlineData("true,2160,\"HOUR\"", false)]
    [InlineData("false,90,\"DAY\"", true)]
    [InlineData("true,0,\"HOUR\"", true)]
    [InlineData("null,null,null", false)]
    public void Tables_KeysOrTtlLost_IsChanged(string seen, bool isChanged)
    {
        Table table = SchemaReader.Read("t.sql", "CREATE TABLE t (ts TIMESTAMP, k SYMBOL, n LONG) TIMESTAMP(ts) PARTITION BY DAY TTL 90 DAYS WAL DEDUP UPSERT KEYS(ts, k)", [])!;
        IReadOnlyList<SqlRow> rows = Rows($$"""{"columns":[{"name":"table_name"},{"name":"dedup"},{"name":"ttlValue"},{"name":"ttlUnit"}],"dataset":[["t",{{seen}}]]}""");

        Assert.Equal(isChanged, QuestDbWatch.Tables([table], rows, [])["t"].IsChanged);
        Assert.False(QuestDbWatch.Tables([TableGrowth.New("t")], rows, [])["t"].IsChanged);
    }

    private static TableLook Look(string tables, string wals) =>
        Assert.Single(QuestDbWatch.Tables([Table], Rows(tables), Rows(wals))).Value;

    private static IReadOnlyList<SqlRow> Rows(string answer) => SqlResult.From(JsonSerializer.Deserialize<JsonElement>(answer)).Rows;
}
