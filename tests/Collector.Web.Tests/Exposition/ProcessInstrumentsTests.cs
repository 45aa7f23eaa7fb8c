using System.Globalization;
using Collector.Web.Exposition;

namespace Collector.Tests.Web.Exposition;

public sealed class ProcessInstrumentsTests
{
    [Fact]
    public void Register_ThisProcess_ShowsPlausibleValues()
    {
        using var room = new ExpositionRoom();
        ProcessInstruments.Register(room.Meter);
        GC.Collect(); // before the first one the size of the heap may be unknown

        var page = room.Render().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#')
            .Select(line => line.Split(' '))
            .ToDictionary(words => words[0].Split('{')[0] == "dotnet_gc_collections_total" ? words[0] : words[0].Split('{')[0], words => double.Parse(words[^1], CultureInfo.InvariantCulture), StringComparer.Ordinal);

        Assert.InRange(page["process_cpu_seconds_total"], 0.01, 1e6);
        Assert.InRange(page["process_resident_memory_bytes"], 1e6, 1e11);
        Assert.InRange(page["process_start_time_seconds"], 1.6e9, 1e11);
        Assert.InRange(page["process_open_fds"], 3, page["process_max_fds"]);
        Assert.InRange(page["dotnet_gc_heap_bytes"], 1e4, 1e11);
        Assert.True(page.ContainsKey("dotnet_gc_collections_total{generation=\"2\"}"));
        Assert.Equal(1, page["collector_build_info"]);
    }

    [Fact]
    public void Register_Build_TellsTheVersion()
    {
        using var room = new ExpositionRoom();
        ProcessInstruments.Register(room.Meter);

        Assert.Matches("\ncollector_build_info\\{dotnet=\"[0-9.]+\",(revision=\"[0-9a-f]+\",)?version=\"[0-9]+\\.[0-9]+\\.[0-9]+[^\"]*\"\\} 1\n", room.Render());
    }
}
