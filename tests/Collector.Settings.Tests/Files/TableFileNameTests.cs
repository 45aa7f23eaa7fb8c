using Collector.Lines.Tables;
using Collector.Settings.Files;

namespace Collector.Tests.Settings.Files;

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

    /// <summary>Every letter beside every other, on a disk that ignores case too; decision 025.</summary>
    [Fact]
    public void Of_NamesThatAreTwo_AreTwoFiles()
    {
        string[] names = [.. Letters().Select(letter => $"t{letter}")];

        Assert.Equal(names.Length, names.Select(TableFileName.Of).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        // A file that is called after the folded name, as a made table's is, is one for the names that the database takes for one, and no other.
        Assert.Equal(
            names.Distinct(NameComparer.Instance).Count(),
            names.Select(name => TableFileName.Of(NameComparer.Fold(name))).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(names, name => Assert.Equal(name, TableFileName.TableOf(TableFileName.Of(name), "")));
    }

    /// <summary>The pairs in which letters have other cases: those are what a disk, or an earlier version, could take for one.</summary>
    [Fact]
    public void Of_CasePairs_ShareAFileOnlyWhereTheDatabaseTakesThemForOneTable()
    {
        int pairs = 0;
        foreach (string letter in Letters())
        {
            foreach (string other in new[] { letter.ToUpperInvariant(), letter.ToLowerInvariant(), NameComparer.Fold(letter) }.Where(other => other != letter))
            {
                pairs++;
                bool share = TableFileName.Of(NameComparer.Fold(letter)) == TableFileName.Of(NameComparer.Fold(other));
                Assert.True(share == NameComparer.Instance.Equals(letter, other), $"{letter} {other}");
                Assert.NotEqual(TableFileName.Of(letter), TableFileName.Of(other), StringComparer.OrdinalIgnoreCase);
            }
        }

        Assert.True(pairs > 2000, $"{pairs}");
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

    /// <summary>All of the basic plane that are text by themselves, and some letters with cases beyond it.</summary>
    private static IEnumerable<string> Letters() => Enumerable.Range(1, char.MaxValue).Where(code => !char.IsSurrogate((char)code)).Select(code => ((char)code).ToString())
        .Concat(Enumerable.Range(0x10400, 0x50).Select(char.ConvertFromUtf32));
}
