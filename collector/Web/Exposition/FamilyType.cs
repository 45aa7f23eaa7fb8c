namespace Collector.Web.Exposition;

public enum FamilyType
{
    Gauge,
    Counter,
    Histogram,
}
