using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Collector.IntegrationTests.Commands;

/// <summary><c>collector doctor</c> on SQLite, and on what has nothing to do with the store.</summary>
public sealed class DoctorTests
{
    [Fact]
    public async Task Doctor_NothingStartedYet_FindsNothingWrongAndLeavesNothingBehind()
    {
        using var command = new CollectorCommand();

        await using ChildProcess doctor = await command.CallAsync("doctor");

        Assert.Equal(0, doctor.ExitCode);
        Assert.Contains("ok    database       SQLite in", doctor.Output, StringComparison.Ordinal);
        Assert.EndsWith(" findings: 0 failed, 0 to look at.", doctor.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', doctor.Output);
        Assert.False(Directory.Exists(command.DataFolder));
    }

    [Fact]
    public async Task Doctor_LiveCollector_NamesItAndDoesNotDisturbIt()
    {
        await using var collector = new CollectorProcess("sources:\n  host:\n    - interval: 1s");
        await collector.StartReadyAsync();
        await collector.MetricsUntilAsync(page => page.Count("collector_rows_delivered_total", "host_metrics") >= 1);

        await using ChildProcess doctor = await CollectorCommand.RunAsync("doctor", "--config", collector.ConfigFile);

        Assert.True(doctor.ExitCode == 0, doctor.Output);
        Assert.Contains($"held by process {collector.ProcessId}", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("is the running collector's, which is ready", doctor.Output, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{collector.GatewayPort} takes connections, and a collector runs", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("opens and can be written", doctor.Output, StringComparison.Ordinal);
        Assert.Equal(200, (await collector.GetAsync("health/ready")).Status);
    }

    [Fact]
    public async Task Doctor_AnotherProgramHoldsThePort_FailsAndSaysWhatToDo()
    {
        using var command = new CollectorCommand();
        using var other = new TcpListener(IPAddress.Loopback, command.Port);
        other.Start();

        await using ChildProcess doctor = await command.CallAsync("doctor");

        Assert.Equal(1, doctor.ExitCode);
        Assert.Contains($"FAIL  http.listen    another program listens at 127.0.0.1:{command.Port}", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("choose another address with http.listen", doctor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_OtherProgramAtTheGatewaysPort_FailsAndTellsTheWayOut()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        string place = other.LocalEndpoint.ToString()!;
        using var command = new CollectorCommand();
        await using var doctor = ChildProcess.StartProgram(
            "collector/App", "collector", ["doctor", "-c", command.ConfigFile], new Dictionary<string, string?>(StringComparer.Ordinal) { ["COLLECTOR__GATEWAY__LISTEN"] = place });
        await doctor.WaitForExitAsync(CollectorProcess.Soon);

        Assert.Equal(1, doctor.ExitCode);
        Assert.Contains($"another program listens at {place}", Line(doctor, "FAIL  gateway.listen"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_CollectorOfAnotherFolderHoldsThePort_Fails()
    {
        await using var collector = new CollectorProcess("sources:\n  host:\n    - interval: 1s");
        await collector.StartReadyAsync();
        using var command = new CollectorCommand();

        await using var doctor = ChildProcess.StartProgram(
            "collector/App", "collector", ["doctor", "-c", command.ConfigFile], new Dictionary<string, string?>(StringComparer.Ordinal) { ["COLLECTOR__HTTP__LISTEN"] = $"127.0.0.1:{collector.Port}" });
        await doctor.WaitForExitAsync(CollectorProcess.Soon);

        Assert.Equal(1, doctor.ExitCode);
        Assert.Contains("none runs on this configuration's spool", doctor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_CollectorThatStandsStill_SaysThatItDoesNotAnswerAndNotThatItIsAnother()
    {
        await using var collector = new CollectorProcess("sources:\n  host:\n    - interval: 1s");
        await collector.StartReadyAsync();
        collector.Signal(UnixSignal.Stop);

        await using ChildProcess doctor = await CollectorCommand.RunAsync("doctor", "--config", collector.ConfigFile);

        Assert.Equal(1, doctor.ExitCode);
        Assert.Contains($"process {collector.ProcessId} holds the spool, and 127.0.0.1:{collector.Port} takes connections, but gave no answer within 5 s", Line(doctor, "FAIL  http.listen"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_LittleDisk_FailsWhereTheSpoolTakesNothingAndWarnsBefore()
    {
        using var none = new CollectorCommand("spool:\n  min_free_bytes: 1000TiB");
        using var little = new CollectorCommand("spool:\n  max_bytes: 1000TiB");

        await using ChildProcess full = await none.CallAsync("doctor");
        await using ChildProcess tight = await little.CallAsync("doctor");

        Assert.Equal((1, 0), (full.ExitCode, tight.ExitCode));
        Assert.Contains("the spool takes no rows", Line(full, "FAIL  disk"), StringComparison.Ordinal);
        Assert.Contains("an outage fills the disk at", Line(tight, "warn  disk"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_FileInPlaceOfTheDataFolder_FailsAsJsonToo()
    {
        using var command = new CollectorCommand();
        await File.WriteAllTextAsync(command.DataFolder, "");

        await using ChildProcess doctor = await command.CallAsync("doctor", "--json");

        Assert.Equal(1, doctor.ExitCode);
        JsonElement answer = JsonSerializer.Deserialize<JsonElement>(doctor.Output);
        Assert.False(answer.GetProperty("ok").GetBoolean());
        JsonElement folders = answer.GetProperty("findings").EnumerateArray().Single(finding => finding.GetProperty("check").GetString() == "folders");
        Assert.Equal("fail", folders.GetProperty("verdict").GetString());
        Assert.Contains(command.DataFolder, folders.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(folders.GetProperty("advice").GetString()!);
    }

    [Fact]
    public async Task Doctor_Sources_TellsWhichAreAway()
    {
        using var there = new TcpListener(IPAddress.Loopback, 0);
        there.Start();
        int away = FreePort.Next();
        using var command = new CollectorCommand($"""
            sources:
              daemon:
                - name: here
                  url: http://{there.LocalEndpoint}/status
                - name: gone
                  url: http://127.0.0.1:{away}/status
            """);

        await using ChildProcess doctor = await command.CallAsync("doctor", "--sources");

        Assert.Equal(0, doctor.ExitCode);
        Assert.Contains($"ok    source         daemon/here at http://{there.LocalEndpoint} takes connections", doctor.Output, StringComparison.Ordinal);
        Assert.Contains($"daemon/gone at http://127.0.0.1:{away} cannot be reached", Line(doctor, "warn  source"), StringComparison.Ordinal);
        Assert.Contains("sources.daemon[1]", doctor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_DatabaseThatIsNoSqlite_Fails()
    {
        using var command = new CollectorCommand();
        Directory.CreateDirectory(command.DataFolder);
        await File.WriteAllTextAsync(Path.Combine(command.DataFolder, "collector.db"), new string('x', 5000));

        await using ChildProcess doctor = await command.CallAsync("doctor");

        Assert.Equal(1, doctor.ExitCode);
        Assert.Contains("damaged or no SQLite file", Line(doctor, "FAIL  database"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_CertificateThatNobodySigned_SaysHowToTrustIt()
    {
        using var key = RSA.Create(2048);
        using X509Certificate2 own = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        int port = FreePort.Next();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => listen.UseHttps(own)));
        await using WebApplication server = builder.Build();
        await server.StartAsync();
        using var command = new CollectorCommand(CollectorCommand.QuestDb(new Uri($"https://localhost:{port}")));

        await using ChildProcess doctor = await command.CallAsync("doctor");

        Assert.Equal(1, doctor.ExitCode);
        Assert.Contains("certificate", Line(doctor, "FAIL  database"), StringComparison.Ordinal);
        Assert.Contains("update-ca-certificates", doctor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_BadConfiguration_EndsWithTwo()
    {
        using var command = new CollectorCommand("colour: red");

        await using ChildProcess doctor = await command.CallAsync("doctor");

        Assert.Equal(2, doctor.ExitCode);
    }

    private static string Line(ChildProcess child, string beginning) =>
        child.Output.Split('\n').SingleOrDefault(line => line.StartsWith(beginning, StringComparison.Ordinal)) ?? $"no line '{beginning}' in:\n{child.Output}";
}
