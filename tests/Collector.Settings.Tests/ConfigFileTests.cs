using Collector.Settings;

namespace Collector.Tests.Settings;

public sealed class ConfigFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("config").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_File_NamesItAndResolvesPathsAgainstItsFolder()
    {
        string path = Path.Combine(_folder, "c.yaml");
        File.WriteAllText(path, "\uFEFFlisten: x\n");

        ConfigDocument document = ConfigFile.Read(path, Bound.Variables());

        Assert.StartsWith($"{path}:1:", Assert.Single(Bound.Of(document).Texts), StringComparison.Ordinal);
        Assert.Equal(Path.Combine(_folder, "schemas"), document.ResolvePath("schemas"));
        Assert.Equal("/srv/x", document.ResolvePath("/srv/x"));
    }

    [Fact]
    public void Read_NoSuchFile_IsOneFault()
    {
        string path = Path.Combine(_folder, "none", "c.yaml");

        Assert.Equal([$"{path}: there is no such file"], Bound.Of(ConfigFile.Read(path, Bound.Variables())).Texts, StringComparer.Ordinal);
    }

    [Fact]
    public void Read_FolderBytesOrTooLong_IsOneFault()
    {
        string binary = Path.Combine(_folder, "binary");
        File.WriteAllBytes(binary, [0xFF, 0xFE, 0xC0]);
        string huge = Path.Combine(_folder, "huge");
        File.WriteAllBytes(huge, new byte[ConfigFile.MaxBytes + 1]);

        Assert.All([_folder, binary, huge], path => Assert.Single(ConfigFile.Read(path, Bound.Variables()).Faults.InOrder()));
    }

    [Theory]
    [InlineData("listen: a:1\nspool:\n\tbytes: 1GiB\n", 3, "tab")]
    [InlineData("listen: a:1\nspool: {bytes: 1GiB\nstore:\n", 2, "bracket")]
    [InlineData("listen: a:1\ntargets: [a\nspool: {}\n", 2, "bracket")]
    [InlineData("listen: a:1\nlabels: {a: b: c}\n", 2, "")]
    [InlineData("listen: a:1\nstore: {table: @x}\n", 2, "quotes")]
    [InlineData("listen: a:1\n  spool:\n", 1, "indented")]
    [InlineData("listen: a:1\nlabels:\n  site: \"open\n", 3, "quotation mark")]
    [InlineData("listen: a:1\nlabels\nspool:\n", 2, "colon")]
    public void Parse_SyntaxError_NamesTheLineAndHelps(string text, int line, string help)
    {
        ConfigFault fault = Assert.Single(Bound.Of(text).Faults);

        Assert.InRange(fault.Line, line, line + 1);
        Assert.Contains(help, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_SyntaxError_StillChecksWhatStandsBefore()
    {
        var bound = Bound.Of("listen: x\ntargets:\n  rows: 0\n  name: [\n");

        Assert.Equal(["listen", "targets.rows", "targets.name", ""], bound.Faults.Select(fault => fault.Path), StringComparer.Ordinal);
    }

    [Fact]
    public void Parse_SameKeyTwice_IsAFaultAndTheRestIsChecked() =>
        Assert.Equal(
            [
                "collector.yaml:2:1: the key 'listen' is here a second time; the first is in line 1",
                "collector.yaml:3:19: spool.compress: \"1\" is neither true nor false; write true or false",
            ],
            Bound.Of("listen: a:1\nlisten: b:1\nspool: {compress: 1}\n").Texts, StringComparer.Ordinal);

    [Theory]
    [InlineData("listen: *none\n", "no anchor")]
    [InlineData("labels: &a {x: *a}\n", "no anchor")]
    [InlineData("listen: a:1\n---\nlisten: b:1\n", "second document")]
    [InlineData("? [a]\n: 1\n", "single word")]
    [InlineData("labels: {<<: 1}\n", "merges sections")]
    public void Parse_YamlBeyondAConfiguration_IsAFault(string text, string problem) =>
        Assert.Contains(problem, Bound.Of(text).Faults[0].Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_AliasesOfAliases_AreBounded()
    {
        string text = "a0: &a0 [x]\n" + string.Concat(Enumerable.Range(1, 40).Select(i => $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]\n"));

        Assert.Contains("aliases", ConfigFile.Parse(text, "c", Bound.Variables()).Faults.InOrder()[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_NestedTooDeep_IsAFault() =>
        Assert.Contains(ConfigFile.Parse(new string('[', 5000), "c", Bound.Variables()).Faults.InOrder(), fault => fault.Message.Contains("deeper", StringComparison.Ordinal));
}
