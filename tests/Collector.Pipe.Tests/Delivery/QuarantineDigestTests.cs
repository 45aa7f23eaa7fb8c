using Collector.Pipe.Delivery;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Tests.Pipe.Delivery;

public sealed class QuarantineDigestTests : IDisposable
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly Quarantine _quarantine;
    private readonly QuarantineDigest _digest;

    public QuarantineDigestTests()
    {
        _quarantine = new Quarantine(_folder.Path, new QuarantineOptions(), new FakeTimeProvider(Time), new NullLogger<Quarantine>());
        _digest = new QuarantineDigest(_folder.Path);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Look_NoFolder_IsEmpty() => Assert.Empty(new QuarantineDigest(_folder.File("none")).Look());

    [Fact]
    public void Look_AfterEachAddition_CountsAllAndTellsTheLatestFirst()
    {
        for (int i = 1; i <= 7; i++)
        {
            Keep(i);
            QuarantinedTable table = Assert.Single(_digest.Look());
            Assert.Equal(("t", i), (table.Table, table.Rows));
            Assert.Equal(_quarantine.Bytes, table.Bytes);
        }

        Assert.Equal(["reason 7", "reason 6", "reason 5", "reason 4", "reason 3"], Assert.Single(_digest.Look()).Latest.Select(entry => entry.Reason));
    }

    [Fact]
    public void Look_FileThatWasRewritten_IsCountedAnew()
    {
        Keep(1);
        Keep(2);
        Assert.Equal(2, Assert.Single(_digest.Look()).Rows);

        _quarantine.Change("t", entry => entry.Entry.Record == 1 ? null : entry.Entry);
        Keep(3, new string('x', 1000)); // longer than before, so that its length does not tell
        QuarantinedTable table = Assert.Single(_digest.Look());

        Assert.Equal(2, table.Rows);
        Assert.Equal(["reason 3", "reason 2"], table.Latest.Select(entry => entry.Reason));
    }

    [Fact]
    public void Look_LineThatIsStillBeingWritten_CountsOnceItIsThere()
    {
        Keep(1);
        string path = QuarantineFile.PathOf(_folder.Path, "t");
        string whole = File.ReadAllText(path);
        File.AppendAllText(path, whole[..20]);
        Assert.Equal(1, Assert.Single(_digest.Look()).Rows);

        File.AppendAllText(path, whole[20..]);
        Assert.Equal(2, Assert.Single(_digest.Look()).Rows);
    }

    [Fact]
    public void Look_FileThatIsGone_IsLeftOut()
    {
        Keep(1);
        Assert.Single(_digest.Look());
        File.Delete(QuarantineFile.PathOf(_folder.Path, "t"));

        Assert.Empty(_digest.Look());
    }

    private void Keep(int record, string line = "t,k=a n=1i 1t") =>
        Assert.True(_quarantine.Keep(new QuarantinedRow("t", (ulong)record, 0, Time, $"reason {record}", null, System.Text.Encoding.UTF8.GetBytes(line + "\n"))));
}
