using Collector.Settings;

namespace Collector.Tests.Settings;

public sealed class OptionsBinderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("---\n")]
    [InlineData("store:\nspool:\ntargets:\nlabels:\nsources:\n")]
    public void Bind_NothingWritten_IsAllDefaults(string text)
    {
        var bound = Bound.Of(text.Replace("targets:\n", "", StringComparison.Ordinal));

        Assert.Empty(bound.Texts);
        Assert.Empty(bound.Sources);
        Assert.Equal("readings", bound.Options.Store.Table);
        Assert.Equal("first", Assert.Single(bound.Options.Targets).Name);
    }

    [Fact]
    public void Bind_EveryType_IsRead()
    {
        var bound = Bound.Of(
            """
            store:
              questdb: {url: "http://db:9000/x", user: ann, headers: {x_key: abc}}
              table: trades
            spool: {bytes: 2GiB, when_full: drop_oldest, compress: false}
            listen: "[::1]:80"
            labels: {site: a b}
            tls: {certificate: c.pem, key: k.pem}
            targets:
              - name: one
                interval: 1m
                rows: 7
                offset: 9223372036854775807
                ratio: 1e-1
                limit: -3
                buckets: [1ms, 2s]
                tags: [a, b]
                suffix: ""
                feed: wss://feed/1
              - {name: two, limit: null, feed: ~}
            """);

        Assert.Empty(bound.Texts);
        SampleOptions options = bound.Options;
        Assert.Equal(new Uri("http://db:9000/x"), options.Store.QuestDb!.Url);
        Assert.Equal("ann", options.Store.QuestDb.User);
        Assert.Equal("abc", options.Store.QuestDb.Headers["x_key"].Reveal());
        Assert.Equal("trades", options.Store.Table);
        Assert.Equal(new SampleSpool { Bytes = ByteSize.GiB(2), Segment = ByteSize.MiB(16), WhenFull = OverflowChoice.DropOldest, Compress = false }, options.Spool);
        Assert.Equal(new HostPort("::1", 80), options.Listen);
        Assert.Equal("a b", options.Labels["site"]);
        Assert.Equal(new SampleTls { Certificate = "c.pem", Key = "k.pem" }, options.Tls);
        SampleTarget one = options.Targets[0];
        Assert.Equal((TimeSpan.FromMinutes(1), 7, long.MaxValue, 0.1, -3), (one.Interval, one.Rows, one.Offset, one.Ratio, one.Limit));
        Assert.Equal([TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(2)], one.Buckets);
        Assert.Equal(["a", "b"], one.Tags, StringComparer.Ordinal);
        Assert.Equal("", one.Suffix);
        Assert.Equal("wss", one.Feed!.Scheme);
        Assert.Equal((null, null), (options.Targets[1].Limit, options.Targets[1].Feed));
    }

    [Theory]
    [InlineData("interval: 10 parsecs", "collector.yaml:3:13: targets.interval: \"10 parsecs\" is no duration; write a number and a unit, such as 500ms, 10s, 5m, 1h or 7d")]
    [InlineData("interval: 2h", "collector.yaml:3:13: targets.interval: \"2h\" is out of range; write a duration from 1s to 1h")]
    [InlineData("rows: many", "collector.yaml:3:9: targets.rows: \"many\" is no whole number; write a whole number")]
    [InlineData("rows: 101", "collector.yaml:3:9: targets.rows: \"101\" is out of range; write a number from 1 to 100")]
    [InlineData("rows: 5000000000", "collector.yaml:3:9: targets.rows: \"5000000000\" is outside -2147483648 to 2147483647; write a whole number")]
    [InlineData("offset: -1", "collector.yaml:3:11: targets.offset: \"-1\" is out of range; write a number at least 0")]
    [InlineData("ratio: half", "collector.yaml:3:10: targets.ratio: \"half\" is no number; write a number, such as 0.5")]
    [InlineData("ratio: .inf", "collector.yaml:3:10: targets.ratio: \".inf\" is no number; write a number, such as 0.5")]
    [InlineData("ratio: 1.1", "collector.yaml:3:10: targets.ratio: \"1.1\" is out of range; write a number from 0 to 1")]
    [InlineData("limit: 1.5", "collector.yaml:3:10: targets.limit: \"1.5\" is no whole number; write a whole number")]
    [InlineData("buckets: [1s, x]", "collector.yaml:3:17: targets.buckets[1]: \"x\" is no duration; write a number and a unit, such as 500ms, 10s, 5m, 1h or 7d")]
    [InlineData("tags: [a, B]", "collector.yaml:3:13: targets.tags[1]: \"B\" has other than lower-case letters")]
    [InlineData("rows:", "collector.yaml:3:3: targets.rows: has no value; leave the key out for the default, or write a whole number")]
    [InlineData("rows: [1]", "collector.yaml:3:9: targets.rows: is a list, where a single value belongs; write a whole number")]
    [InlineData("rows: {a: 1}", "collector.yaml:3:9: targets.rows: is a section of keys, where a single value belongs; write a whole number")]
    [InlineData("feed: http://x", "collector.yaml:3:9: targets.feed: \"http://x\" is no ws or wss address")]
    [InlineData("feed: x", "collector.yaml:3:9: targets.feed: \"x\" is no address; write it in full, such as http://127.0.0.1:9000")]
    [InlineData("intervall: 1s", "collector.yaml:3:3: targets.intervall: unknown key 'intervall'; did you mean 'interval'?")]
    [InlineData("colour: red", "collector.yaml:3:3: targets.colour: unknown key 'colour'; known here: name, interval, rows, offset, ratio, limit, on_error, buckets, tags, suffix, feed")]
    public void Bind_OneMistakeInASection_IsNamedInFull(string line, string fault) => Assert.Equal(fault, Bound.TargetFault(line));

    [Theory]
    [InlineData("spool: {compress: yes}", "collector.yaml:1:19: spool.compress: \"yes\" is neither true nor false; write true or false")]
    [InlineData("spool: {when_full: drop}", "collector.yaml:1:20: spool.when_full: \"drop\" is none of the choices; write refuse or drop_oldest")]
    [InlineData("spool: {bytes: 1PB}", "collector.yaml:1:16: spool.bytes: \"1PB\" is no size in bytes; write a number and a unit, such as 64KiB, 10MB or 1GiB; a plain number is bytes")]
    [InlineData("spool: {bytes: 5}", "collector.yaml:1:16: spool.bytes: \"5\" is out of range; write a size from 1MiB to 1TiB")]
    [InlineData("spool: {segment: 1KiB}", "collector.yaml:1:18: spool.segment: \"1KiB\" is out of range; write a size at least 64KiB")]
    [InlineData("spool: fast", "collector.yaml:1:8: spool: is a single value, where a section belongs; write keys below it, indented")]
    [InlineData("labels: [a]", "collector.yaml:1:9: labels: is a list, where a section belongs; write keys below it, indented")]
    [InlineData("labels: {a: }", "collector.yaml:1:10: labels.a: has no value; write a text")]
    [InlineData("listen: 9464", "collector.yaml:1:9: listen: \"9464\" has no port; write a host and a port, such as 127.0.0.1:9464 or [::1]:9464")]
    [InlineData("store: {table: ''}", "collector.yaml:1:16: store.table: \"\" is empty; write a text")]
    [InlineData("store: {table: A-1}", "collector.yaml:1:16: store.table: \"A-1\" does not match the pattern ^[a-z_]+$")]
    [InlineData("targets: []", "collector.yaml:1:1: targets: has 0 entries; write from 1 to 3")]
    [InlineData("[a]", "collector.yaml:1:1: is a list, where the file must be keys with values, such as 'store: …'")]
    [InlineData("store: {questdb: {user: ann}}", "collector.yaml:1:9: store.questdb.url: is missing and must be given in 'store.questdb'; write it in full, such as http://127.0.0.1:9000")]
    public void Bind_OneMistake_IsNamedInFull(string text, string fault) => Assert.Equal([fault], Bound.Of(text).Texts, StringComparer.Ordinal);

    [Fact]
    public void Bind_RequiredKeysMissing_AreNamedAtTheSection()
    {
        var bound = Bound.Of("listen: a:1\ntls:\ntargets:\n  - rows: 5\n  -\n");

        Assert.Equal(
            [
                "collector.yaml:4:5: targets[0].name: is missing and must be given in 'targets[0]'; write a text",
                "collector.yaml:5:4: targets[1].name: is missing and must be given in 'targets[1]'; write a text",
            ],
            bound.Texts, StringComparer.Ordinal);
    }

    [Fact]
    public void Bind_RequiredKeyMisspelt_IsOneFault() =>
        Assert.Equal(
            ["collector.yaml:1:11: targets.nane: unknown key 'nane'; did you mean 'name'?"],
            Bound.Of("targets: {nane: a}").Texts, StringComparer.Ordinal);

    [Fact]
    public void Bind_SeveralFaults_AreInTheOrderOfTheFile()
    {
        var bound = Bound.Of("targets:\n  name: a\n  rows: 0\n  feeds: 1\nlisten: x\nspool:\n  compress: 1\n", ("COLLECTOR__STORE__TABLE", "A"));

        Assert.Equal([3, 4, 5, 7, 0], bound.Faults.Select(fault => fault.Line));
    }

    [Fact]
    public void Bind_RuleAcrossKeysBroken_BlamesTheKey() =>
        Assert.Equal(
            ["collector.yaml:3:12: spool.segment: 1GiB is more than the whole spool; write at most the 1MiB of 'bytes'"],
            Bound.Of("spool:\n  bytes: 1MiB\n  segment: 1GiB\n").Texts, StringComparer.Ordinal);

    [Fact]
    public void Bind_RuleAcrossKeysOfWhatHasFaults_IsNotJudged() =>
        Assert.Equal([2], Bound.Of("spool:\n  bytes: 1\n  segment: 100GiB\n").Faults.Select(fault => fault.Line));

    [Fact]
    public void Bind_DefaultsOfTheOuterRecord_ArePreservedAndNotChanged()
    {
        Assert.Equal(ByteSize.MiB(16), Bound.Of("spool: {compress: false}").Options.Spool.Segment);
        Assert.True(Bound.Of("").Options.Spool.Compress);
    }

    [Fact]
    public void Bind_AliasesAndMerge_AreFollowed()
    {
        var bound = Bound.Of("targets:\n  - &base {name: a, rows: 9}\n  - {<<: *base, name: b}\n  - *base\n");

        Assert.Empty(bound.Texts);
        Assert.Equal([("a", 9), ("b", 9), ("a", 9)], bound.Options.Targets.Select(target => (target.Name, target.Rows)));
    }

    [Fact]
    public void BindTyped_OneMappingAListAndNothing_AreAllEntries()
    {
        var bound = Bound.Of("sources:\n  host:\n  daemon:\n    - command: a\n    - {command: b, interval: 5s}\n");

        Assert.Empty(bound.Texts);
        Assert.Equal(
            [
                new TypedSection("host", 0, "sources.host", new SampleHost()),
                new TypedSection("daemon", 0, "sources.daemon[0]", new SampleDaemon { Command = "a" }),
                new TypedSection("daemon", 1, "sources.daemon[1]", new SampleDaemon { Command = "b", Interval = TimeSpan.FromSeconds(5) }),
            ],
            bound.Sources);
    }

    [Fact]
    public void BindTyped_Mistakes_JoinThoseOfTheRoot()
    {
        var bound = Bound.Of("source: 1\nsources:\n  deamon: {command: a}\n  daemon:\n    - {comand: x}\n    - 7\n  host: {interval: 0s}\n  gpu:\n");

        Assert.Equal(
            [
                "collector.yaml:1:1: source: unknown key 'source'; did you mean 'sources'?",
                "collector.yaml:3:3: sources.deamon: unknown type 'deamon'; did you mean 'daemon'?",
                "collector.yaml:5:8: sources.daemon[0].comand: unknown key 'comand'; did you mean 'command'?",
                "collector.yaml:6:7: sources.daemon[1]: is a single value, where a section belongs; write keys below it, indented",
                "collector.yaml:7:20: sources.host.interval: \"0s\" is out of range; write a duration from 1s to 1h",
                "collector.yaml:8:3: sources.gpu: unknown type 'gpu'; known here: host, daemon",
            ],
            bound.Texts, StringComparer.Ordinal);
    }

    [Fact]
    public void Report_PathOfAnEntry_IsPlacedWhereItStands()
    {
        var binder = new OptionsBinder(ConfigFile.Parse("sources:\n  daemon:\n    - {command: a}\n    - command: b\n", "c.yaml", Bound.Variables()));

        binder.Report("sources.daemon[1].command", "is not here");
        binder.Report("sources.daemon[1].interval", "is not here");
        binder.Report("sources.gpu", "is not here");

        Assert.Equal([(1, 1), (4, 7), (4, 16)], binder.Faults.Select(fault => (fault.Line, fault.Column)).Order());
    }

    [Fact]
    public void Shown_LongOrUnprintableValue_IsCut()
    {
        string fault = Bound.TargetFault($"rows: \"\\e[31m{new string('x', 500)}\"");

        Assert.DoesNotContain("\u001b", fault, StringComparison.Ordinal);
        Assert.True(fault.Length < 200);
    }
}
