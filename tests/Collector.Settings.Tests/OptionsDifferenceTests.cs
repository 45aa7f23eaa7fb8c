using Collector.App;
using Collector.Settings;
using Collector.Sources.Daemon;
using Collector.Sources.Exchange;

namespace Collector.Tests.Settings;

public sealed class OptionsDifferenceTests
{
    private static readonly CollectorOptions Defaults = new();

    [Fact]
    public void Between_EqualOptions_IsEmpty() => Assert.Empty(OptionsDifference.Between(Defaults, new CollectorOptions()));

    [Fact]
    public void Between_KeysOfSections_AreNamedByTheirPaths()
    {
        CollectorOptions other = Defaults with
        {
            DataDir = "elsewhere",
            Http = Defaults.Http with { Listen = new HostPort("127.0.0.1", 1), Token = new Secret("t") },
            Store = Defaults.Store with { QuestDb = Defaults.Store.QuestDb with { Url = new Uri("http://db/") } },
            Spool = Defaults.Spool with { MaxBytes = ByteSize.MiB(1) },
        };

        Assert.Equal(["data_dir", "http.listen", "http.token", "store.questdb.url", "spool.max_bytes"], OptionsDifference.Between(Defaults, other));
    }

    [Fact]
    public void Between_SecretsOfTheSameText_AreEqual() => Assert.Empty(OptionsDifference.Between(
        Defaults with { Http = Defaults.Http with { Token = new Secret("t") } }, Defaults with { Http = Defaults.Http with { Token = new Secret("t") } }));

    [Fact]
    public void Between_AddressesThatDifferInTheirPassword_AreOthers() => Assert.Equal(["url"], OptionsDifference.Between(
        new DaemonOptions { Url = new Uri("http://u:old@host/") }, new DaemonOptions { Url = new Uri("http://u:new@host/") }));

    [Fact]
    public void Between_ListsAndTheirRecords_AreComparedByWhatTheyHold()
    {
        ExchangeOptions one = new() { Channels = ["trades"], Symbols = ["A", "B"] };

        Assert.Empty(OptionsDifference.Between(one, one with { Channels = ["trades"], Symbols = ["A", "B"] }));
        Assert.Equal(["symbols"], OptionsDifference.Between(one, one with { Symbols = ["B", "A"] }));
        Assert.Equal(["channels"], OptionsDifference.Between(one, one with { Channels = [] }));
    }
}
