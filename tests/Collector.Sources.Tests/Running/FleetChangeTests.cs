using Collector.Settings;
using Collector.Sources.Daemon;
using Collector.Sources.Running;
using Collector.Sources.Trading;

namespace Collector.Tests.Sources.Running;

public sealed class FleetChangeTests
{
    [Fact]
    public void Between_TheSameFileReadTwice_ChangesNothing() =>
        Assert.Equal("stops none, starts none", FleetChange.Between([Daemon("a"), Daemon("b")], [Daemon("b"), Daemon("a")]).ToString());

    [Fact]
    public void Between_OneGoneAndOneNew_StopsAndStartsThose() =>
        Assert.Equal("stops daemon/b, starts daemon/c", FleetChange.Between([Daemon("a"), Daemon("b")], [Daemon("a"), Daemon("c")]).ToString());

    [Fact]
    public void Between_OneOptionOfOneSource_RestartsThatOneAlone()
    {
        PlannedSource[] running = [Daemon("a"), Daemon("b")];
        Func<DaemonOptions, DaemonOptions>[] changes =
        [
            options => options with { Interval = TimeSpan.FromSeconds(11) },
            options => options with { Env = "staging" },
            options => options with { Url = new Uri("http://127.0.0.1:2/") },
            options => options with { ReadProcess = false },
            options => options with { MaxBytes = ByteSize.MiB(2) },
            options => options with { Fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["running"] = "/ok", ["pid"] = "/p" } },
            options => options with { Fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["running"] = "/alive" } },
        ];

        Assert.All(changes, change => Assert.Equal("stops daemon/b, starts daemon/b", FleetChange.Between(running, [Daemon("a"), Daemon("b", change)]).ToString()));
    }

    [Fact]
    public void Between_AnotherKindUnderTheSameName_IsAnotherSource()
    {
        var other = new PlannedSource("daemon/a", new TradingOptions { Push = true }, (_, _) => throw new NotSupportedException());

        Assert.Equal("stops daemon/a, starts daemon/a", FleetChange.Between([Daemon("a")], [other]).ToString());
    }

    private static PlannedSource Daemon(string name, Func<DaemonOptions, DaemonOptions>? with = null)
    {
        var options = new DaemonOptions
        {
            Url = new Uri("http://127.0.0.1:1/"),
            Host = "h",
            Env = "prod",
            Fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["running"] = "/ok" },
        };
        return new PlannedSource($"daemon/{name}", with?.Invoke(options) ?? options, (_, _) => throw new NotSupportedException());
    }
}
