using System.Diagnostics.Metrics;
using System.Security.Cryptography.X509Certificates;
using Collector.Web.Listeners;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Tests.Web.Listeners;

public sealed class ServerCertificateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly RecordedLog _log = new();
    private readonly string _first;

    public ServerCertificateTests() => _first = Write();

    private string CertificateFile => _folder.File("cert.pem");

    private string KeyFile => _folder.File("key.pem");

    private TlsOptions Options => new() { Certificate = CertificateFile, Key = KeyFile };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Look_FilesAsBefore_KeepsWhatIsShownAndSaysNothing()
    {
        using ServerCertificates certificates = Make();
        object shown = certificates.Http!.Context;

        _clock.Advance(ServerCertificates.Interval);

        Assert.Same(shown, certificates.Http.Context);
        Assert.Equal(_first, Shown(certificates));
        Assert.Empty(_log.Messages);
    }

    [Fact]
    public void Look_AnotherPair_IsShownAndLoggedWithItsEnd()
    {
        using ServerCertificates certificates = Make();
        var end = new DateTimeOffset(2031, 2, 3, 4, 5, 0, TimeSpan.Zero);
        string second = Write(end);

        _clock.Advance(ServerCertificates.Interval);

        Assert.Equal(second, Shown(certificates));
        Assert.Equal(end, certificates.Http!.Life.Ends);
        Assert.Contains("(http.tls), and is shown to new connections; it ends at 2031-02-03 04:05 UTC", Assert.Single(_log.Messages), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("certificate alone")]
    [InlineData("certificate cut off")]
    [InlineData("key cut off")]
    [InlineData("certificate gone")]
    [InlineData("key empty")]
    public void Look_PairHalfWritten_KeepsTheOldOneTellsItOnceAndTakesTheRestLater(string half)
    {
        using ServerCertificates certificates = Make();
        string second = TestCertificate.Write(_folder.File("new.pem"), _folder.File("newkey.pem"));
        string newCertificate = File.ReadAllText(_folder.File("new.pem"));
        string newKey = File.ReadAllText(_folder.File("newkey.pem"));
        switch (half)
        {
            case "certificate alone":
                File.WriteAllText(CertificateFile, newCertificate);
                break;
            case "certificate cut off":
                File.WriteAllText(CertificateFile, newCertificate[..(newCertificate.Length / 2)]);
                break;
            case "key cut off":
                File.WriteAllText(CertificateFile, newCertificate);
                File.WriteAllText(KeyFile, newKey[..(newKey.Length / 2)]);
                break;
            case "certificate gone":
                File.Delete(CertificateFile);
                break;
            default:
                File.WriteAllText(KeyFile, "");
                break;
        }

        _clock.Advance(ServerCertificates.Interval);
        _clock.Advance(ServerCertificates.Interval);
        _clock.Advance(ServerCertificates.Interval);

        Assert.Equal(_first, Shown(certificates));
        string told = Assert.Single(_log.Messages);
        Assert.Contains("cannot be used, so the certificate before is still shown", told, StringComparison.Ordinal);
        Assert.DoesNotContain(newKey.Split('\n')[1], told, StringComparison.Ordinal);

        File.WriteAllText(CertificateFile, newCertificate);
        File.WriteAllText(KeyFile, newKey);
        _clock.Advance(ServerCertificates.Interval);

        Assert.Equal(second, Shown(certificates));
        Assert.Equal(2, _log.Messages.Count);
    }

    [Fact]
    public void Look_BrokenMendedAndBrokenAgain_IsToldAgain()
    {
        using ServerCertificates certificates = Make();
        string good = File.ReadAllText(KeyFile);
        foreach (string key in new[] { "", good, "" })
        {
            File.WriteAllText(KeyFile, key);
            certificates.Look();
        }

        Assert.Equal(2, _log.Messages.Count);
    }

    [Fact]
    public void Make_FilesThatDoNotBelongTogether_IsAnErrorThatNamesThemAndTheSetting()
    {
        TestCertificate.Write(_folder.File("other.pem"), KeyFile);

        IOException problem = Assert.Throws<IOException>(() => Make());

        Assert.Contains(CertificateFile, problem.Message, StringComparison.Ordinal);
        Assert.Contains(KeyFile, problem.Message, StringComparison.Ordinal);
        Assert.Contains("(http.tls)", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Publish_TwoListeners_TellsTheEndOfEachAndFollowsANewOne()
    {
        using var certificates = new ServerCertificates(Options, Options, _clock, new RecordedLog<ServerCertificates>(_log));
        using var meter = new Meter("certificates");
        certificates.Publish(meter);
        var ends = new Dictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, to) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
            {
                to.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) => ends[$"{tags[0].Key}={tags[0].Value}"] = value);
        listener.Start();
        var end = new DateTimeOffset(2031, 2, 3, 4, 5, 6, TimeSpan.Zero);

        Write(end);
        _clock.Advance(ServerCertificates.Interval);
        listener.RecordObservableInstruments();

        Assert.Equal(["listener=gateway", "listener=http"], ends.Keys.Order(StringComparer.Ordinal));
        Assert.All(ends.Values, value => Assert.Equal(end.ToUnixTimeSeconds(), value));
    }

    [Fact]
    public void Load_ChainInTheFile_IsShownWithIt()
    {
        TestCertificate.Write(_folder.File("issuer.pem"), _folder.File("issuerkey.pem"));
        File.AppendAllText(CertificateFile, "\n" + File.ReadAllText(_folder.File("issuer.pem")));

        var pair = PemPair.Read(Options);

        using X509Certificate2 leaf = pair.Load();
        Assert.Equal(_first, leaf.Thumbprint);
        Assert.True(leaf.HasPrivateKey);
        Assert.Equal(2, pair.LoadChain().Count);
    }

    private static string Shown(ServerCertificates certificates) => certificates.Http!.Context.TargetCertificate.Thumbprint;

    private string Write(DateTimeOffset? ends = null) => TestCertificate.Write(CertificateFile, KeyFile, ends: ends);

    private ServerCertificates Make() => new(Options, null, _clock, new RecordedLog<ServerCertificates>(_log));
}
