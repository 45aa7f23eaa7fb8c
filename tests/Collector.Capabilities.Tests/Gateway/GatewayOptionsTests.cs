using Collector.App;

namespace Collector.Tests.Capabilities.Gateway;

/// <summary>What stops the start, with the place in the file.</summary>
public sealed class GatewayOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("gateway", "gateway.token")]
    [InlineData("http", "http.token")]
    public void Load_ABindBeyondLoopbackWithoutAToken_IsAFaultWithItsLine(string section, string key)
    {
        IReadOnlyList<string> faults = Load($$"""
            sources:
              host: {interval: 5s}
            {{section}}:
              listen: 0.0.0.0:9999
            """);

        string fault = Assert.Single(faults);
        Assert.Contains("collector.yaml:4", fault, StringComparison.Ordinal);
        Assert.Contains($"set {key} too", fault, StringComparison.Ordinal);
        Assert.Empty(Load($$"""
            sources:
              host: {interval: 5s}
            {{section}}:
              listen: 0.0.0.0:9999
              token: 0123456789abcdef
            """));
    }

    [Theory]
    [InlineData("127.0.0.1:9999", "' '", "visible ASCII")]
    [InlineData("127.0.0.1:9999", "'a\u00e4'", "visible ASCII")]
    [InlineData("127.0.0.1:9999", "t", null)]
    [InlineData("127.0.0.1:9999", "'t u'", null)]
    [InlineData("0.0.0.0:9999", "0123456789abcde", "openssl rand -hex 32")]
    [InlineData("0.0.0.0:9999", "'0123456789abcdef 0123456789abcde'", "fewer than 16")]
    [InlineData("0.0.0.0:9999", "'0123456789abcdef fedcba9876543210'", null)]
    public void Load_AToken_IsOfVisibleCharacters_AndLongBeyondLoopback(string listen, string token, string? problem)
    {
        foreach (string section in (string[])["http", "gateway"])
        {
            IReadOnlyList<string> faults = Load($$"""
                sources:
                  host: {interval: 5s}
                {{section}}:
                  listen: {{listen}}
                  token: {{token}}
                """);

            Assert.Equal(problem is null, faults.Count == 0);
            Assert.All(faults, fault => Assert.Contains($"{section}.token", fault, StringComparison.Ordinal));
            Assert.All(faults, fault => Assert.Contains(problem!, fault, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Load_ABodyLargerThanTheRoomForAll_IsAFault() => Assert.Contains(
        "max_buffered_bytes", Assert.Single(Load("""
            sources:
              host: {interval: 5s}
            gateway: {max_body_bytes: 32MiB, max_buffered_bytes: 100MiB}
            """)), StringComparison.Ordinal);

    [Theory]
    [InlineData("gateway")]
    [InlineData("http")]
    public void Load_Tls_IsCheckedBeforeTheStart_AndCountsFromTheFile(string section)
    {
        TestCertificate.Write(_folder.File("cert.pem"), _folder.File("key.pem"));
        string yaml = $$"""
            sources:
              host: {interval: 5s}
            {{section}}:
              tls:
                certificate: cert.pem
                key: key.pem
            """;

        Assert.Empty(Load(yaml));
        File.WriteAllText(_folder.File("key.pem"), "no key");
        Assert.Contains($"{section}.tls", Assert.Single(Load(yaml)), StringComparison.Ordinal);
        File.Delete(_folder.File("cert.pem"));
        Assert.Contains("cannot be used", Assert.Single(Load(yaml)), StringComparison.Ordinal);
    }

    private IReadOnlyList<string> Load(string yaml)
    {
        File.WriteAllText(_folder.File("collector.yaml"), $"{yaml}\nschemas_dir: {Path.Combine(Repository.Folder, "schemas")}\n");
        return CollectorConfig.Load(_folder.File("collector.yaml"), new Dictionary<string, string>(StringComparer.Ordinal)).Faults;
    }
}
