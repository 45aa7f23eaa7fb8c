using Collector.Lines.Tables;

namespace Collector.Tests.Lines.Tables;

/// <summary>What QuestDB itself makes of these names is proved against the server (ReservedNamesTests).</summary>
public sealed class NamesTests
{
    [Theory]
    [InlineData("sys.telemetry_wal", "a table of QuestDB's own")]
    [InlineData("SYS.Text_Import_Log", "a table of QuestDB's own")]
    [InlineData("telemetry_config", "a table of QuestDB's own")]
    [InlineData("_query_trace", "a table of QuestDB's own")]
    [InlineData("sys.x", null)]
    [InlineData("telemetry", null)]
    [InlineData("_event", null)]
    [InlineData("wal1", null)]
    [InlineData("sqlite_cache", null)]
    public void TableProblem_NamesOfQuestDbsOwn_AreRefused(string name, string? problem) => Holds(problem, Names.TableProblem(name));

    [Theory]
    [InlineData('資', 79, 2, null)]
    [InlineData('資', 79, 3, "the name has 240 bytes of UTF-8, at most 239 are allowed")]
    [InlineData('a', 127, 0, null)]
    public void TableProblem_ManyBytes_AreRefusedBeyondWhatAFolderTakes(char character, int times, int more, string? problem) =>
        Holds(problem, Names.TableProblem(new string(character, times) + new string('a', more)));

    [Theory]
    [InlineData('資', 77, 2, null)]
    [InlineData('資', 77, 3, "the name has 234 bytes of UTF-8, at most 233 are allowed")]
    public void ColumnProblem_ManyBytes_AreRefusedBeyondWhatAFileTakes(char character, int times, int more, string? problem) =>
        Holds(problem, Names.ColumnProblem(new string(character, times) + new string('a', more)));

    [Theory]
    [InlineData("_event", "Varchar", "QuestDB has a file of its own")]
    [InlineData("_EVENT", "Varchar", "QuestDB has a file of its own")]
    [InlineData("_event", "Symbol", null)]
    [InlineData("_event", "Long", null)]
    [InlineData("_event_", "Varchar", null)]
    [InlineData("_meta", "Varchar", null)]
    public void ColumnProblem_TextThatMeetsAFileOfTheLog_IsRefused(string name, string type, string? problem) =>
        Holds(problem, Names.ColumnProblem(name, Enum.Parse<ColumnType>(type)));

    private static void Holds(string? expected, string? problem)
    {
        if (expected is null)
        {
            Assert.Null(problem);
        }
        else
        {
            Assert.Contains(expected, problem, StringComparison.Ordinal);
        }
    }
}
