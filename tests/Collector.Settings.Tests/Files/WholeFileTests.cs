using Collector.Settings.Files;

namespace Collector.Tests.Settings.Files;

public sealed class WholeFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string FilePath => _folder.File("a");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_FileThere_IsReplacedAndItsFolderSynced()
    {
        File.WriteAllText(FilePath, "before, and longer");
        var synced = new List<string>();

        WholeFile.Write(FilePath, "after"u8, folder => synced.Add($"{folder} {File.ReadAllText(FilePath)}"));

        Assert.Equal([$"{_folder.Path} after"], synced);
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Write_CannotBeWritten_LeavesTheFileAsItWas()
    {
        File.WriteAllText(FilePath, "before");
        Directory.CreateDirectory(FilePath + ".new");

        Assert.ThrowsAny<UnauthorizedAccessException>(() => WholeFile.Write(FilePath, "after"u8));

        Assert.Equal("before", File.ReadAllText(FilePath));
    }

    [Fact]
    public void Make_FoldersMissing_SyncsTheNameOfEach()
    {
        var synced = new List<string>();

        DiskFolder.Make(_folder.File("b/c"), synced.Add);
        DiskFolder.Make(_folder.File("b/c"), synced.Add);

        Assert.True(Directory.Exists(_folder.File("b/c")));
        Assert.Equal([_folder.Path, _folder.File("b")], synced);
    }

    [Fact]
    public void Sync_FolderIsMissing_Throws() => Assert.Throws<IOException>(() => DiskFolder.Sync(_folder.File("none")));
}
