using System.Globalization;
using Collector.Pipe.Spool;

namespace Collector.Tests.Pipe.Spool;

public sealed class SpoolHolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Find_FolderNeverHeld_IsNull() => Assert.Null(SpoolHolder.Find(_folder.Path));

    [Fact]
    public void Find_HeldFolder_NamesTheProcessForAsLongAsItHoldsIt()
    {
        using (SpoolLock.Take(_folder.Path))
        {
            Assert.Equal(new SpoolHolder(Environment.ProcessId, IsCertain: true), SpoolHolder.Find(_folder.Path));
        }

        Assert.Null(SpoolHolder.Find(_folder.Path));
    }

    [Fact]
    public void Find_PidThatAKilledProcessLeft_IsNull()
    {
        File.WriteAllText(_folder.File(".lock"), "");
        File.WriteAllText(_folder.File(".pid"), Environment.ProcessId.ToString(CultureInfo.InvariantCulture)); // lives, and does not hold it

        Assert.Null(SpoolHolder.Find(_folder.Path));
    }

    public void Dispose() => _folder.Dispose();
}
