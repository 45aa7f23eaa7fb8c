using Collector.Settings;

namespace Collector.Tests.Settings;

public sealed class EnvironmentOverridesTests
{
    [Fact]
    public void Apply_OverEmptyFile_MakesSectionsAndLists()
    {
        var bound = Bound.Of(
            "",
            ("COLLECTOR__STORE__QUESTDB__URL", "http://db:9000"),
            ("collector__sources__daemon__0__command", "a"),
            ("COLLECTOR__Sources__Daemon__0__Interval", "5s"),
            ("COLLECTOR__SOURCES__DAEMON__1__COMMAND", "b"),
            ("COLLECTOR_HOME", "/srv"),
            ("PATH", "/bin"));

        Assert.Empty(bound.Texts);
        Assert.Equal("db", bound.Options.Store.QuestDb!.Url.Host);
        Assert.Equal(
            [new SampleDaemon { Command = "a", Interval = TimeSpan.FromSeconds(5) }, new SampleDaemon { Command = "b" }],
            bound.Sources.Select(source => source.Options));
    }

    [Fact]
    public void Apply_OverFile_ReplacesOnlyWhatItNames()
    {
        var bound = Bound.Of(
            "spool: {bytes: 2GiB, compress: false}\ntargets: {name: a, rows: 3}\n",
            ("COLLECTOR__SPOOL__COMPRESS", "true"), ("COLLECTOR__TARGETS__0__ROWS", "4"), ("COLLECTOR__TARGETS__1__NAME", "b"));

        Assert.Empty(bound.Texts);
        Assert.Equal((ByteSize.GiB(2), true), (bound.Options.Spool.Bytes, bound.Options.Spool.Compress));
        Assert.Equal([("a", 4), ("b", 50)], bound.Options.Targets.Select(target => (target.Name, target.Rows)));
    }

    [Fact]
    public void Apply_ListOfOne_NeedsNoIndex() =>
        Assert.Equal(9, Bound.Of("targets:\n  - name: a\n", ("COLLECTOR__TARGETS__ROWS", "9")).Options.Targets[0].Rows);

    [Fact]
    public void Apply_MoreThanTenEntries_AreInOrderOfNumber()
    {
        var bound = Bound.Of("", [.. Enumerable.Range(0, 12).Select(i => ($"COLLECTOR__SOURCES__DAEMON__{i}__COMMAND", $"c{i}"))]);

        Assert.Empty(bound.Texts);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"c{i}"), bound.Sources.Select(source => ((SampleDaemon)source.Options).Command), StringComparer.Ordinal);
    }

    [Fact]
    public void Apply_InsideAnAlias_ChangesOnlyThatUse()
    {
        var bound = Bound.Of("targets: [&t {name: a}, *t]\n", ("COLLECTOR__TARGETS__1__NAME", "b"));

        Assert.Equal(["a", "b"], bound.Options.Targets.Select(target => target.Name), StringComparer.Ordinal);
    }

    [Fact]
    public void Apply_EmptyVariable_ChangesNothing()
    {
        var bound = Bound.Of("store: {table: trades}", ("COLLECTOR__STORE__TABLE", ""), ("COLLECTOR__LISTEN", ""), ("COLLECTOR__TLS", ""));

        Assert.Empty(bound.Texts);
        Assert.Equal(("trades", 9464), (bound.Options.Store.Table, bound.Options.Listen.Port));
    }

    [Theory]
    [InlineData("COLLECTOR__TARGETS__0__ROWS", "0", "targets.rows: \"0\" is out of range; write a number from 1 to 100")]
    [InlineData("COLLECTOR__SPOOL__BITES", "1", "spool.bites: unknown key 'bites'; did you mean 'bytes'?")]
    [InlineData("COLLECTOR__SPOOL__BITES", "", "spool.bites: unknown key 'bites'; did you mean 'bytes'?")]
    [InlineData("COLLECTOR__SOURCES__DEAMON__COMMAND", "x", "sources.deamon: unknown type 'deamon'; did you mean 'daemon'?")]
    [InlineData("COLLECTOR__SOURCES__DAEMON__INTERVAL", "5s", "sources.daemon.command: is missing and must be given in 'sources.daemon'; write a text")]
    [InlineData("COLLECTOR__TARGETS__5__NAME", "x", "targets: has 1 entries, so that the next index is 1, not 5")]
    [InlineData("COLLECTOR__LISTEN__PORT", "1", "listen: is a single value already, so that nothing can be set inside it")]
    [InlineData("COLLECTOR__SPOOL", "1", "spool: is a single value, where a section belongs; write keys below it, indented")]
    [InlineData("COLLECTOR____SPOOL", "1", "names no key; write COLLECTOR__ and the key's path, such as COLLECTOR__STORE__QUESTDB__URL")]
    public void Apply_Mistake_NamesTheVariable(string name, string value, string fault)
    {
        string text = "listen: a:1\ntargets:\n  name: a\n";
        if (name.Contains("ROWS", StringComparison.Ordinal))
        {
            fault = fault.Replace("targets.rows", "targets[0].rows", StringComparison.Ordinal);
        }

        Assert.Equal([$"{name}: {fault}"], Bound.Of(text, (name, value)).Texts, StringComparer.Ordinal);
    }

    [Fact]
    public void Apply_TwoVariablesForOneKey_IsAFault() =>
        Assert.Equal(
            ["collector__LISTEN: listen: is set by COLLECTOR__LISTEN as well; keep one of the two"],
            Bound.Of("", ("COLLECTOR__LISTEN", "a:1"), ("collector__LISTEN", "b:1")).Texts, StringComparer.Ordinal);

    [Fact]
    public void Apply_KeyInsideALongList_NeedsTheIndex() =>
        Assert.Equal(
            ["COLLECTOR__TARGETS__ROWS: targets: is a list of 2; name the entry by its number, from 0"],
            Bound.Of("targets: [{name: a}, {name: b}]", ("COLLECTOR__TARGETS__ROWS", "1")).Texts, StringComparer.Ordinal);
}
