using System.Security.Cryptography.X509Certificates;
using Collector.Web.Listeners;

namespace Collector.Tests.Web.Listeners;

public sealed class CertificateLifeTests
{
    private static readonly DateTimeOffset Begins = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly CertificateLife Life = new(Begins, Begins.AddDays(90));

    [Theory]
    [InlineData(-1, "is not valid before 2030-01-01 00:00 UTC: clients refuse the connection until then", null)]
    [InlineData(0, null, null)]
    [InlineData(75, null, null)]
    [InlineData(76, null, "expires at 2030-04-01 00:00 UTC, in 14.0 days")]
    [InlineData(90, null, "expires at 2030-04-01 00:00 UTC, in 0.0 days")]
    [InlineData(91, "expired at 2030-04-01 00:00 UTC: clients refuse the connection", null)]
    public void Life_AtADay_SaysWhatIsWrongOrSoonWillBe(int day, string? problem, string? warning)
    {
        Assert.Equal(problem, Life.Problem(Begins.AddDays(day)));
        Assert.Equal(warning, Life.Warning(Begins.AddDays(day)));
    }

    [Fact]
    public void Of_ACertificate_IsItsTimesInUtc()
    {
        using var folder = new TemporaryFolder();
        TestCertificate.Write(folder.File("c"), folder.File("k"), Life.Begins, Life.Ends);
        using var certificate = X509Certificate2.CreateFromPemFile(folder.File("c"), folder.File("k"));

        Assert.Equal(Life, CertificateLife.Of(certificate));
    }
}
