using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Scripts;

public sealed class SecretsScriptTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Run_Twice_MakesEachOnceAndPrintsNone()
    {
        string[] first = await RunAsync();
        string[] second = await RunAsync();

        Assert.Equal(first, second);
        Assert.Equal(5, first.Count(text => text.Length == 64 && text.All(char.IsAsciiHexDigit)));
        Assert.Equal(5, first.Where(text => text.Length > 0).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(3, first.Count(text => text.Length == 0));
    }

    /// <summary>The containers' users are not the owner of the files; others on this machine do not get through the folder.</summary>
    [Fact]
    public async Task Run_Rights_AreTheOwnersByTheFolder()
    {
        await RunAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.Path));
        Assert.All(Directory.GetFiles(_folder.Path), file => Assert.True(File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherRead)));
    }

    [Fact]
    public async Task Run_FilesThatAreThere_AreLeft()
    {
        await File.WriteAllTextAsync(_folder.Combine("telegram_bot_token"), "mine");

        Assert.Contains("mine", await RunAsync());
    }

    public void Dispose() => _folder.Dispose();

    private async Task<string[]> RunAsync()
    {
        await using ChildProcess run = await ChildProcess.RunAsync("bash", [RepositoryRoot.Combine("scripts", "secrets.sh"), _folder.Path], ShellScripts.Soon);
        Assert.True(run.ExitCode == 0, run.Output);
        string[] secrets = [.. Directory.GetFiles(_folder.Path).Order(StringComparer.Ordinal).Select(File.ReadAllText)];
        Assert.All(secrets.Where(secret => secret.Length > 0), secret => Assert.DoesNotContain(secret, run.Output, StringComparison.Ordinal));
        return secrets;
    }
}
