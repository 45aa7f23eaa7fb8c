using Collector.App;
using Collector.App.Doctor;
using Collector.Capabilities;
using Collector.Capabilities.Gateway;
using Collector.Web.Listeners;

namespace Collector.Tests.App.Doctor;

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
        TlsOptions tls = Tls();
        DateTimeOffset now = Begins.AddDays(day);

        Assert.Equal([("http.tls", verdict), ("gateway.tls", verdict)], CertificateChecks.Run(tls, tls, now).Select(finding => (finding.Check, $"{finding.Verdict}")));
        Assert.All(CertificateChecks.Run(tls, tls, now), finding => Assert.Contains("cert.pem", finding.Text, StringComparison.Ordinal));
        Assert.Equal(isWarningOfCheck ? 2 : 0, CertificateChecks.Warnings(tls, tls, now).Count());
    }

    [Fact]
    public void Run_NoTls_FindsNothing() => Assert.Empty(CertificateChecks.Run(null, null, Begins));

    [Fact]
    public async Task Gateway_ThatIsOff_IsNotLookedAt()
    {
        Tls();
        await File.WriteAllTextAsync(_folder.File("c.yaml"), "gateway: {enabled: false, tls: {certificate: cert.pem, key: key.pem}}");
        var config = CollectorConfig.Load(_folder.File("c.yaml"), new Dictionary<string, string>(StringComparer.Ordinal));

        Assert.Null(config.Gateway);
        Assert.NotNull(config.Sections.Of<GatewayOptions>().Tls);
    }

    private TlsOptions Tls()
    {
        TestCertificate.Write(_folder.File("cert.pem"), _folder.File("key.pem"), Begins, Begins.AddDays(90));
        return new TlsOptions { Certificate = _folder.File("cert.pem"), Key = _folder.File("key.pem") };
    }
}
