namespace Collector.Exposition;

internal enum FamilyType
{
    Gauge,
    Counter,
    Histogram,
}
