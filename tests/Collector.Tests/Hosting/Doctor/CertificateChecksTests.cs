using Collector.App;
using Collector.App.Doctor;
using Collector.Capabilities.Gateway;
using Collector.Tests.Listeners;
using Collector.Web.Listeners;

namespace Collector.Tests.Hosting.Doctor;

public sealed class CertificateChecksTests : IDisposable
{
    private static readonly DateTimeOffset Begins = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(-1, nameof(Verdict.Fail), true)]
    [InlineData(10, nameof(Verdict.Ok), false)]
    [InlineData(80, nameof(Verdict.Warn), false)]
    [InlineData(100, nameof(Verdict.Fail), true)]
    public void Run_AtADay_IsAFindingOfEachListener(int day, string verdict, bool isWarningOfCheck)
    {
        CollectorOptions options = Options();
        DateTimeOffset now = Begins.AddDays(day);

        Assert.Equal([("http.tls", verdict), ("gateway.tls", verdict)], CertificateChecks.Run(options, now).Select(finding => (finding.Check, $"{finding.Verdict}")));
        Assert.All(CertificateChecks.Run(options, now), finding => Assert.Contains("cert.pem", finding.Text, StringComparison.Ordinal));
        Assert.Equal(isWarningOfCheck ? 2 : 0, CertificateChecks.Warnings(options, now).Count());
    }

    [Fact]
    public void Run_NoTlsOrAGatewayThatIsOff_FindsNothing()
    {
        CollectorOptions options = Options();

        Assert.Empty(CertificateChecks.Run(new CollectorOptions(), Begins));
        Assert.Empty(CertificateChecks.Run(options with { Http = new HttpOptions(), Gateway = options.Gateway with { Enabled = false } }, Begins));
    }

    private CollectorOptions Options()
    {
        TestCertificate.Write(_folder.File("cert.pem"), _folder.File("key.pem"), Begins, Begins.AddDays(90));
        var tls = new TlsOptions { Certificate = _folder.File("cert.pem"), Key = _folder.File("key.pem") };
        return new CollectorOptions { Http = new HttpOptions { Tls = tls }, Gateway = new GatewayOptions { Enabled = true, Tls = tls } };
    }
}
