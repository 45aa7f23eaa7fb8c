using Collector.Web.Listeners;

namespace Collector.Tests.Web.Listeners;

public sealed class FileLimitTests
{
    [Theory]
    [InlineData("Max open files            1024                 524288               files", 1024)]
    [InlineData("Max open files            unlimited            unlimited            files", null)]
    [InlineData("Max processes             95933                95933                processes", null)]
    public void Parse_ARowOfTheKernels_GivesTheSoftLimit(string row, int? expected) =>
        Assert.Equal(expected, FileLimit.Parse(["Limit                     Soft Limit           Hard Limit           Units", row]));

    [Theory]
    [InlineData(256, 1, null, 256)]
    [InlineData(256, 1, 524_288, 256)]
    [InlineData(1000, 3, 4096, 1000)]
    [InlineData(1000, 3, 1024, 192)]
    [InlineData(256, 1, 1024, 64)]
    [InlineData(256, 1, 320, 20)]
    [InlineData(10, 3, 1024, 10)]
    public void Fit_AListener_HasItsShareOfTheFilesThatAreLeft(int wanted, int quarters, int? files, int expected) =>
        Assert.Equal(expected, FileLimit.Fit(wanted, quarters, files));

    [Theory]
    [InlineData(null, false)]
    [InlineData(320, false)]
    [InlineData(319, true)]
    [InlineData(64, true)]
    public void Problem_TooFewFiles_SaysHowManyAndWhatToRaise(int? files, bool isProblem)
    {
        string? problem = FileLimit.Problem(files);

        Assert.Equal(isProblem, problem is not null);
        Assert.True(problem is null || (problem.Contains($"{files} files", StringComparison.Ordinal) && problem.Contains("ulimit -n", StringComparison.Ordinal)), problem);
    }

    [Fact]
    public void Read_OnLinux_FindsALimit() => Assert.Equal(OperatingSystem.IsLinux(), FileLimit.Read() is > 0);
}
