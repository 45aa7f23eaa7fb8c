using System.Runtime.InteropServices;

namespace Collector.Sources.Prometheus;

/// <summary>A sample of a page.</summary>
/// <param name="Micros">Its own timestamp in microseconds since 1970 UTC; <see cref="SampleReader.NoTime"/> where it has none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Sample(Series Series, double Value, long Micros);
