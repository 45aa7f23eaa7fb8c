using Collector.Lines;
using Collector.Pipe.State;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.Tests.Pipe.State;

public sealed class LocalStateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string FilePath => _folder.File(Path.Combine("data", "state.db"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Save_MemoryAndBaselines_AreThereAgain()
    {
        using (LocalState state = Open())
        {
            ISourceState source = state.Of("daemon/a");
            Assert.Null(source.Get("restarts"));
            source.Set("restarts", "1");
            source.Set("restarts", "2");
            state.Of("daemon/b").Set("restarts", "9");
            Count(state, "t,k=\n\0é"u8.ToArray(), 41);
            source.Save();
        }

        using LocalState next = Open();
        Assert.Equal(("2", "9", null), (next.Of("daemon/a").Get("restarts"), next.Of("daemon/b").Get("restarts"), next.Of("daemon/c").Get("restarts")));
        Assert.Equal(1, next.Baselines.For("t", "c").Of("t,k=\n\0é"u8).Advance(42));
    }

    [Fact]
    public void Forget_WhatWasSaved_StaysForgotten()
    {
        using (LocalState state = Open())
        {
            state.Of("a").Set("series 1", "");
            state.Of("a").Set("series 2", "");
            state.Of("a").Set("uptime", "5");
            state.Of("b").Set("series 3", "");
            state.Of("b").Set("uptime", "6");
            state.Save();
            state.Forget("a", "series 1");
            state.ForgetAll("b");
        }

        using LocalState next = Open();
        Assert.Equal([("a", "series 2")], next.Remembered("series "));
        Assert.Equal(("5", null), (next.Of("a").Get("uptime"), next.Of("b").Get("uptime")));
    }

    [Fact]
    public void Save_ProcessKilledBehindIt_LosesNothing()
    {
        // What a killed process leaves are the files as they are.
        using LocalState state = Open();
        state.Of("a").Set("k", "v");
        Count(state, [1], 5);
        state.Save();
        state.Of("a").Set("k", "never saved");
        string copy = _folder.File("copy");
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(FilePath)!))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        using var after = LocalState.Open(Path.Combine(copy, "state.db"), new NullLogger<LocalState>());

        Assert.Equal("v", after.Of("a").Get("k"));
        Assert.Equal(5, after.Baselines.For("t", "c").Of([1]).Value);
    }

    [Fact]
    public void Save_RowNotKept_KeepsTheBaselineBefore()
    {
        using (LocalState state = Open())
        {
            Count(state, [1], 5);
            state.Baselines.For("t", "c").Of([1]).Advance(9);
        }

        using LocalState next = Open();
        Assert.Equal(5, next.Baselines.For("t", "c").Of([1]).Value);
    }

    [Theory]
    [InlineData("this is no database, and long enough to be looked at as one: ................................................")]
    [InlineData("SQLite format 3\0 and then nothing that would make sense to anybody at all .................................")]
    public void Open_FileCannotBeRead_IsSetAsideAndBegunAnew(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, content);

        using (LocalState state = Open())
        {
            Assert.Null(state.Of("a").Get("k"));
            state.Of("a").Set("k", "v");
        }

        Assert.Equal(content, File.ReadAllText(FilePath + ".corrupt"));
        using LocalState next = Open();
        Assert.Equal("v", next.Of("a").Get("k"));
    }

    [Fact]
    public void Save_DatabaseLocked_IsTriedAgain()
    {
        using (LocalState state = Open())
        {
            using (var other = new SqliteConnection($"Data Source={FilePath};Pooling=False"))
            {
                other.Open();
                using SqliteCommand lockIt = other.CreateCommand();
                lockIt.CommandText = "BEGIN IMMEDIATE";
                lockIt.ExecuteNonQuery();
                state.Of("a").Set("k", "v");
                Count(state, [1], 5);
                state.Save();
            }

            state.Save();
        }

        using LocalState next = Open();
        Assert.Equal("v", next.Of("a").Get("k"));
        Assert.Equal(5, next.Baselines.For("t", "c").Of([1]).Value);
    }

    [Fact]
    public void Open_FolderInPlaceOfTheFile_IsSetAsideAndBegunAnew()
    {
        Directory.CreateDirectory(FilePath);

        using (LocalState state = Open())
        {
            state.Of("a").Set("k", "v");
        }

        Assert.True(Directory.Exists(FilePath + ".corrupt"));
        using LocalState next = Open();
        Assert.Equal("v", next.Of("a").Get("k"));
    }

    [Fact]
    public void Open_NoFileCanBeHad_GoesOnInMemory()
    {
        Directory.CreateDirectory(FilePath);
        Directory.CreateDirectory(Path.Combine(FilePath + ".corrupt", "in the way"));

        using LocalState state = Open();
        state.Of("a").Set("k", "v");
        Count(state, [1], 5);
        state.Save();

        Assert.Equal("v", state.Of("a").Get("k"));
        Assert.Equal(5, state.Baselines.For("t", "c").Of([1]).Value);
    }

    [Fact]
    public void Open_FolderCannotBeMade_Throws()
    {
        File.WriteAllText(_folder.File("data"), "");

        Assert.ThrowsAny<Exception>(Open);
    }

    private LocalState Open() => LocalState.Open(FilePath, new NullLogger<LocalState>());

    private static void Count(LocalState state, byte[] series, long value)
    {
        CounterBaseline baseline = state.Baselines.For("t", "c").Of(series);
        baseline.Advance(value);
        baseline.Keep();
    }
}
