using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Scripts;

public sealed class SecretsScriptTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _tools = new();

    [Fact]
    public async Task Run_Twice_MakesEachOnceAndPrintsNone()
    {
        string[] first = await RunAsync();
        string[] second = await RunAsync();

        Assert.Equal(first, second);
        Assert.Equal(7, first.Count(text => text.Length == 64 && text.All(char.IsAsciiHexDigit)));
        Assert.Equal(2, first.Count(IsLogin));
        Assert.Equal(9, first.Where(text => text.Length > 0).Distinct(StringComparer.Ordinal).Count());
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

    [SkippableTheory]
    [InlineData("htpasswd")]
    [InlineData("perl")]
    public async Task Run_HashOfEitherProgram_IsTakenByPromtool(string program)
    {
        Skip.IfNot(ShellScripts.Has(program), $"{program} is not installed");
        Skip.IfNot(ShellScripts.Has("promtool"), "promtool is not installed (Debian: prometheus)");

        await RunAsync(OnlyWith(program));

        await using ChildProcess check = await ChildProcess.RunAsync("promtool", ["check", "web-config", _folder.Combine("prometheus_web"), _folder.Combine("alertmanager_web")], ShellScripts.Soon);
        Assert.True(check.ExitCode == 0, check.Output);
        // A hash holds its salt and cost: with them the password gives it again.
        string hash = (await File.ReadAllTextAsync(_folder.Combine("prometheus_web"))).Split('"')[1];
        await using ChildProcess again = await ChildProcess.RunAsync(
            "perl", ["-e", "print crypt($ARGV[0], $ARGV[1])", await File.ReadAllTextAsync(_folder.Combine("prometheus_password")), hash], ShellScripts.Soon);
        Assert.Equal(hash, again.Output);
    }

    [Fact]
    public async Task Run_NothingThatHashes_MakesTheRestAndSaysWhatToInstall()
    {
        await using ChildProcess run = await StartAsync(OnlyWith());

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("apt-get install apache2-utils", run.ErrorOutput, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.Combine("smtp_password")));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*_web"));
    }

    [Fact]
    public async Task Run_PasswordThatWasChanged_IsHashedAnew()
    {
        await RunAsync();
        string other = await File.ReadAllTextAsync(_folder.Combine("alertmanager_web"));
        string before = await File.ReadAllTextAsync(_folder.Combine("prometheus_web"));
        await File.WriteAllTextAsync(_folder.Combine("prometheus_password"), "mine\n");
        File.SetLastWriteTimeUtc(_folder.Combine("prometheus_password"), File.GetLastWriteTimeUtc(_folder.Combine("prometheus_web")).AddSeconds(1));

        await using ChildProcess run = await StartAsync();

        Assert.True(run.ExitCode == 0, run.Output);
        Assert.NotEqual(before, await File.ReadAllTextAsync(_folder.Combine("prometheus_web")));
        Assert.Equal(other, await File.ReadAllTextAsync(_folder.Combine("alertmanager_web")));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _tools.Dispose();
    }

    private static bool IsLogin(string text) =>
        text.StartsWith("basic_auth_users: {admin: \"$2", StringComparison.Ordinal) && text.EndsWith("\"}", StringComparison.Ordinal);

    /// <summary>A PATH with what the script uses, and of the programs that hash only these.</summary>
    private Dictionary<string, string?> OnlyWith(params string[] programs)
    {
        foreach (string tool in (string[])["bash", "dirname", "mkdir", "chmod", "mv", "cat", "od", "tr", .. programs])
        {
            File.CreateSymbolicLink(_tools.Combine(tool), ShellScripts.Find(tool));
        }

        return new(StringComparer.Ordinal) { ["PATH"] = _tools.Path };
    }

    private async Task<ChildProcess> StartAsync(Dictionary<string, string?>? environment = null) =>
        await ChildProcess.RunAsync("bash", [RepositoryRoot.Combine("scripts", "secrets.sh"), _folder.Path], ShellScripts.Soon, environment);

    private async Task<string[]> RunAsync(Dictionary<string, string?>? environment = null)
    {
        await using ChildProcess run = await StartAsync(environment);
        Assert.True(run.ExitCode == 0, run.Output);
        string[] secrets = [.. Directory.GetFiles(_folder.Path).Order(StringComparer.Ordinal).Select(File.ReadAllText)];
        Assert.All(secrets.Where(secret => secret.Length > 0), secret => Assert.DoesNotContain(secret, run.Output, StringComparison.Ordinal));
        return secrets;
    }
}
