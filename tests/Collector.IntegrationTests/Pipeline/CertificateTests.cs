using Collector.IntegrationTests.Commands;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>Both listeners over TLS, as the program is run: certificates are renewed while it runs.</summary>
public sealed class CertificateTests
{
    private const string Sources = "sources:\n  host:\n    - interval: 1s";

    [Fact]
    public async Task Run_CertificateReplaced_IsShownWithoutARestartAndAtOnceAfterSighup()
    {
        await using var collector = new CollectorProcess(Sources);
        string first = Write(collector);
        await StartAsync(collector);
        Assert.Equal((first, first), await ShownAsync(collector));

        string second = Write(collector);
        // The files are looked at every ten seconds; after the signal nothing is left to wait for but the reload.
        await collector.WaitForLineAsync("is a new certificate (gateway.tls)");
        Assert.Equal((second, second), await ShownAsync(collector));

        string third = Write(collector);
        collector.Signal(UnixSignal.Hangup);
        await collector.WaitForLineAsync("The configuration was reloaded");
        Assert.Equal((third, third), await ShownAsync(collector));
        Assert.Equal(0, (await collector.EndAsync(UnixSignal.Terminate)).Code);
    }

    [Fact]
    public async Task HealthAndDoctor_OverTls_KnowTheirOwnCollectorByTheFilesCertificate()
    {
        await using var collector = new CollectorProcess(Sources);
        Write(collector);
        await StartAsync(collector);

        await using ChildProcess health = await UntilAsync(() => CollectorCommand.RunAsync(collector.Environment, "health", "--config", collector.ConfigFile), run => run.ExitCode == 0);
        await using ChildProcess doctor = await CollectorCommand.RunAsync(collector.Environment, "doctor", "--config", collector.ConfigFile);

        Assert.Contains("store: ready", health.Output, StringComparison.Ordinal);
        Assert.True(doctor.ExitCode == 0, doctor.Output);
        Assert.Contains($"127.0.0.1:{collector.Port} is the running collector's, which is ready", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("ok    http.tls       ", doctor.Output, StringComparison.Ordinal);

        // A configuration that names another certificate than the one that is shown.
        string file = Path.Combine(Path.GetDirectoryName(collector.ConfigFile)!, "cert.pem");
        TestCertificate.Write(file.Replace("cert", "other", StringComparison.Ordinal), file.Replace("cert", "otherkey", StringComparison.Ordinal));
        collector.Environment["COLLECTOR__HTTP__TLS__CERTIFICATE"] = "other.pem";
        collector.Environment["COLLECTOR__HTTP__TLS__KEY"] = "otherkey.pem";
        await using ChildProcess stranger = await CollectorCommand.RunAsync(collector.Environment, "health", "--config", collector.ConfigFile);
        await using ChildProcess told = await CollectorCommand.RunAsync(collector.Environment, "doctor", "--config", collector.ConfigFile);

        Assert.Equal((1, 1), (stranger.ExitCode, told.ExitCode));
        Assert.Contains("shows another certificate than", stranger.ErrorOutput, StringComparison.Ordinal);
        Assert.Contains("shows another certificate than", told.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_CertificateThatHasExpired_WarnsAndTheCollectorStartsAllTheSame()
    {
        await using var collector = new CollectorProcess(Sources);
        Write(collector, days: -1);
        await StartAsync(collector);

        await using ChildProcess check = await CollectorCommand.RunAsync(collector.Environment, "check", "--config", collector.ConfigFile);
        await using ChildProcess doctor = await CollectorCommand.RunAsync(collector.Environment, "doctor", "--config", collector.ConfigFile);

        Assert.Equal((0, 1), (check.ExitCode, doctor.ExitCode));
        Assert.Contains("warning: http.tls: ", check.Output, StringComparison.Ordinal);
        Assert.Contains("warning: gateway.tls: ", check.Output, StringComparison.Ordinal);
        Assert.Contains("FAIL  http.tls", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("clients refuse the connection", doctor.Output, StringComparison.Ordinal);
    }

    private static string Write(CollectorProcess collector, int days = 90)
    {
        string folder = Path.GetDirectoryName(collector.ConfigFile)!;
        foreach (string section in new[] { "HTTP", "GATEWAY" })
        {
            collector.Environment[$"COLLECTOR__{section}__TLS__CERTIFICATE"] = "cert.pem";
            collector.Environment[$"COLLECTOR__{section}__TLS__KEY"] = "key.pem";
        }

        return TestCertificate.Write(Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"), days);
    }

    private static async Task StartAsync(CollectorProcess collector)
    {
        await collector.StartAsync();
        await collector.WaitForLineAsync("Line protocol is taken at https://");
    }

    private static async Task<(string Http, string Gateway)> ShownAsync(CollectorProcess collector) =>
        (await TestCertificate.ShownAsync(collector.Port), await TestCertificate.ShownAsync(collector.GatewayPort));

    private static async Task<ChildProcess> UntilAsync(Func<Task<ChildProcess>> run, Func<ChildProcess, bool> enough)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            ChildProcess done = await run();
            if (enough(done) || TimeProvider.System.GetElapsedTime(began) > CollectorProcess.Soon)
            {
                return done;
            }

            await done.DisposeAsync();
        }
    }
}
