using Collector.Files;

namespace Collector.Tests.Files;

public sealed class TableFileNameTests : IDisposable
{
    private static readonly string Long = new('ж', 100);
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => ["trades", "Trades", "a.b-c_d", ".a", "a b", "ж", "重複", "😀", new('a', 200), new('a', 201), new('A', 66), new('A', 67), Long];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("trades", "trades")]
    [InlineData("Trades", "%54rades")]
    [InlineData(".a.b", "%2Ea.b")]
    [InlineData("ж", "%D0%B6")]
    [InlineData("~unknown", "~unknown")]
    public void Of_ShortName_CanBeRead(string table, string name) => Assert.Equal(name, TableFileName.Of(table));

    [Theory]
    [MemberData(nameof(Names))]
    public void TableOf_WhatOfGave_IsTheTable(string table)
    {
        string name = TableFileName.Of(table);
        TableFileName.Keep(_folder.File("name"), table);

        Assert.InRange(name.Length, 1, 200);
        Assert.Equal(table, TableFileName.TableOf(name, _folder.File("name")));
        Assert.Equal(TableFileName.IsHash(name), File.Exists(_folder.File("name")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("another")]
    [InlineData("\udcff")]
    public void Keep_NameFileSaysNothingOrSomethingElse_IsWrittenAnew(string? content)
    {
        if (content is not null)
        {
            File.WriteAllBytes(_folder.File("name"), content == "\udcff" ? [0xff] : System.Text.Encoding.UTF8.GetBytes(content));
        }

        Assert.Null(TableFileName.TableOf(TableFileName.Of(Long), _folder.File("name")));

        TableFileName.Keep(_folder.File("name"), Long);

        Assert.Equal(Long, TableFileName.TableOf(TableFileName.Of(Long), _folder.File("name")));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }
}
