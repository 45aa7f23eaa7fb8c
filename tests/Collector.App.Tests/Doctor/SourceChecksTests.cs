using Collector.App.Doctor;
using Collector.Sources.Daemon;
using Collector.Sources.Host;

namespace Collector.Tests.App.Doctor;

public sealed class SourceChecksTests
{
    [Fact]
    public void Addresses_OfOptions_AreFoundWithoutKnowingTheirKind()
    {
        var page = new Uri("http://127.0.0.1:1/status");

        Assert.Equal([page], SourceChecks.Addresses(new DaemonOptions { Url = page }));
        Assert.Empty(SourceChecks.Addresses(new HostOptions()));
    }
}
