using System.Runtime.InteropServices;

namespace Collector.Sources.Gaps;

/// <summary>
/// An instant on both clocks: the one on the wall, which people read and somebody may set, and the steady one, by which time
/// passes. Lengths are always taken from the steady one.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Moment(DateTimeOffset Wall, TimeSpan Steady)
{
    public static Moment Now(TimeProvider clock) => new(clock.GetUtcNow(), clock.GetElapsedTime(0));

    /// <summary>The earlier instant that somebody tells by the clock on the wall; what lies ahead of now is now.</summary>
    public Moment Told(DateTimeOffset wall) => wall >= Wall ? this : this - (Wall - wall);

    public static TimeSpan operator -(Moment later, Moment earlier) => later.Steady - earlier.Steady;

    public static Moment operator -(Moment moment, TimeSpan time) => new(moment.Wall - time, moment.Steady - time);

    public static Moment Later(Moment a, Moment b) => a.Steady >= b.Steady ? a : b;
}
