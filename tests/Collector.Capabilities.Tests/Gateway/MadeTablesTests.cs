using Collector.Capabilities.Gateway;
using Collector.Lines.Tables;

namespace Collector.Tests.Capabilities.Gateway;

public sealed class MadeTablesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> LongNames => [new('ж', 115), new('重', 76), string.Concat(Enumerable.Repeat("😀", 57)), new('A', 127)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(LongNames))]
    public void Save_LongName_IsReadBack(string name)
    {
        var made = new MadeTables(_folder.Path);
        made.Save(TableGrowth.New(name).With([("v", ColumnType.Double, null)]));

        Assert.Equal(name, Assert.Single(Loaded()).Name);
    }

    [Theory]
    [InlineData("Trades", "trades.sql")]
    [InlineData("a b", "a%20b.sql")]
    [InlineData("Ж", "%D0%B6.sql")]
    [InlineData("жжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжж", "%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6.sql")]
    public void Save_FileOfTheVersionBefore_GoesOn(string table, string file)
    {
        File.WriteAllText(_folder.File(file), TableGrowth.New(table).With([("v", ColumnType.Double, null)]).CreateStatement());
        var made = new MadeTables(_folder.Path);

        made.Save(Assert.Single(Loaded()).With([("w", ColumnType.Double, null)]));

        Assert.Equal([_folder.File(file)], Directory.GetFiles(_folder.Path));
        Assert.Equal(["v", "w"], Assert.Single(Loaded()).Columns.Select(column => column.Name), StringComparer.Ordinal);
    }

    /// <summary>An earlier version named files by a lower case that knows letters of which the database knows no cases.</summary>
    [Fact]
    public void Save_FileOfTheVersionBeforeIsAnotherTables_IsLeftToIt()
    {
        const string other = "t\U00010428", table = "t\U00010400";
        File.WriteAllText(_folder.File($"{Uri.EscapeDataString(other)}.sql"), TableGrowth.New(other).With([("v", ColumnType.Double, null)]).CreateStatement());
        var made = new MadeTables(_folder.Path);

        made.Save(TableGrowth.New(table).With([("w", ColumnType.Double, null)]));

        Assert.Equal([table, other], Loaded().Select(each => each.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Load_NamesThatNoLongerFit_AreTakenAsTheyAre()
    {
        string longer = new('重', 100);
        File.WriteAllText(_folder.File("t.sql"), TableGrowth.New("t").With([(longer, ColumnType.Double, null), ("k", ColumnType.Long, null)]).CreateStatement().Replace("\"k\" LONG", "\"k\" LONG, \"\u212a\" DOUBLE", StringComparison.Ordinal));

        Assert.Equal([longer, "k"], Assert.Single(Loaded()).Columns.Select(column => column.Name), StringComparer.Ordinal);
    }

    [Fact]
    public void Save_FolderCannotBeSynced_IsTriedAgain()
    {
        int left = 1, synced = 0;
        var made = new MadeTables(_folder.Path, _ => synced += left-- > 0 ? throw new IOException("Input/output error") : 1);
        Table table = TableGrowth.New("a").With([("v", ColumnType.Double, null)]);

        Assert.Throws<IOException>(() => made.Save(table));

        made.Save(table);

        Assert.Equal(1, synced);
    }

    private TableCatalog Loaded()
    {
        var faults = new List<SchemaFault>();
        var tables = new TableCatalog([]);
        MadeTables.Load(_folder.Path, tables, faults);
        Assert.Empty(faults);
        return tables;
    }
}
