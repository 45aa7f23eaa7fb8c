using Collector.Settings;

namespace Collector.Tests.Settings;

public sealed class SecretTests : IDisposable
{
    private const string Hidden = "hunter2-correct-horse";
    private readonly string _folder = Directory.CreateTempSubdirectory("secret").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_Literal_IsTheText() => Assert.Equal(Hidden, Password(Hidden));

    [Fact]
    public void Read_OverrideByVariable_IsTheText() =>
        Assert.Equal(Hidden, Bound.Of(WithPassword("other-one"), ("COLLECTOR__STORE__QUESTDB__PASSWORD", Hidden)).Options.Store.QuestDb!.Password!.Reveal());

    [Theory]
    [InlineData(Hidden, Hidden)]
    [InlineData(Hidden + "\n", Hidden)]
    [InlineData(Hidden + "\r\n", Hidden)]
    [InlineData(Hidden + "\n\n", Hidden + "\n")]
    [InlineData(" " + Hidden + " \n", " " + Hidden + " ")]
    public void Read_File_IsItsTextWithoutOneNewline(string content, string secret)
    {
        File.WriteAllText(Path.Combine(_folder, "pw"), content);

        Assert.Equal(secret, Password($"file:{_folder}/pw"));
    }

    [Fact]
    public void Read_RelativeFile_IsBesideTheConfiguration()
    {
        File.WriteAllText(Path.Combine(_folder, "pw"), Hidden);
        File.WriteAllText(Path.Combine(_folder, "c.yaml"), WithPassword("file:pw"));

        var bound = Bound.Of(ConfigFile.Read(Path.Combine(_folder, "c.yaml"), Bound.Variables()));

        Assert.Equal(Hidden, bound.Options.Store.QuestDb!.Password!.Reveal());
    }

    [Fact]
    public void Read_Variable_IsItsText() => Assert.Equal(Hidden, Password("env:DB_PASSWORD", ("DB_PASSWORD", Hidden)));

    [Theory]
    [InlineData("file:/no/such", "is to come from the file /no/such, and there is no such file")]
    [InlineData("file:", "has no path after file:")]
    [InlineData("env:DB_PASSWORD", "is to come from the environment variable DB_PASSWORD, which is not set")]
    [InlineData("env:EMPTY", "is to come from the environment variable EMPTY, which is empty")]
    [InlineData("env:" + Hidden + "!", "has no variable name after env:")]
    public void Read_NotThere_IsAFaultThatSaysWhere(string written, string problem) =>
        Assert.Equal(
            [$"collector.yaml:4:15: store.questdb.password: the secret {problem}; {SecretReader.Expected}"],
            Bound.Of(WithPassword(written), ("EMPTY", "")).Texts, StringComparer.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    public void Read_EmptyFile_IsAFault(string content)
    {
        File.WriteAllText(Path.Combine(_folder, "pw"), content);

        Assert.Contains("which is empty", Assert.Single(Bound.Of(WithPassword($"file:{_folder}/pw")).Texts), StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_OfOptionsWithSecrets_PrintsStars()
    {
        SampleOptions options = Bound.Of(WithPassword(Hidden)).Options;

        Assert.Contains("Password = ***", options.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Hidden, options.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Hidden, System.Text.Json.JsonSerializer.Serialize(options.Store.QuestDb!.Password), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("password: [" + Hidden + "]")]
    [InlineData("password: {" + Hidden + ": 1}")]
    [InlineData("pasword: " + Hidden)]
    [InlineData("password: \"" + Hidden)]
    [InlineData("headers: " + Hidden)]
    [InlineData("headers: {key: [" + Hidden + "]}")]
    [InlineData("password:" + Hidden)]
    [InlineData("password: env:" + Hidden)]
    [InlineData("password: ok-" + Hidden + ": more")]
    public void Faults_SecretInTheWrongPlace_NeverPrintIt(string line)
    {
        var bound = Bound.Of($"store:\n  questdb:\n    url: http://x\n    {line}\n");

        Assert.NotEmpty(bound.Faults);
        Assert.DoesNotContain(Hidden, string.Join('\n', bound.Texts), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("COLLECTOR__STORE__QUESTDB__URL", "http://ann:" + Hidden + "@db:9000")]
    [InlineData("COLLECTOR__STORE__QUESTDB", Hidden)]
    [InlineData("COLLECTOR__STORE__QUESTDB__PASWORD", Hidden)]
    [InlineData("COLLECTOR__STORE__QUESTDB__PASSWORD__0", Hidden)]
    public void Faults_SecretInTheWrongVariable_NeverPrintIt(string name, string value)
    {
        var bound = Bound.Of("store:\n  questdb:\n    url: http://x\n", (name, value));

        Assert.NotEmpty(bound.Faults);
        Assert.DoesNotContain(Hidden, string.Join('\n', bound.Texts), StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_SecretTooShort_PrintsOnlyItsLength() =>
        Assert.Equal(
            ["collector.yaml:4:15: store.questdb.password: the secret has 4 characters; write at least 6"],
            Bound.Of(WithPassword("1234")).Texts, StringComparer.Ordinal);

    private static string WithPassword(string password) => $"store:\n  questdb:\n    url: http://x\n    password: \"{password}\"\n";

    private static string Password(string written, params (string Name, string Value)[] environment)
    {
        var bound = Bound.Of(WithPassword(written), environment);
        Assert.Empty(bound.Texts);
        return bound.Options.Store.QuestDb!.Password!.Reveal();
    }
}
