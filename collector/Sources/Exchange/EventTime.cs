using System.Buffers.Text;
using System.Text.Json;

namespace Collector.Sources.Exchange;

/// <summary>Reads a time out of a message.</summary>
internal static class EventTime
{
    /// <summary>What is later is no time of an event, and would not bear being reckoned with.</summary>
    private static readonly DateTimeOffset Last = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The unit's smallest step: a venue's clock is not known better than that.</summary>
    public static TimeSpan Resolution(TimeUnit unit) => unit switch
    {
        TimeUnit.S => TimeSpan.FromSeconds(1),
        TimeUnit.Us => TimeSpan.FromMicroseconds(1),
        TimeUnit.Ns => TimeSpan.FromTicks(1),
        _ => TimeSpan.FromMilliseconds(1),
    };

    /// <summary>The time at <paramref name="path"/>; false where there is none.</summary>
    /// <param name="isWhole">Whether the message is all there; one that was cut off is read as far as it goes.</param>
    public static bool TryRead(ReadOnlySpan<byte> message, bool isWhole, MessagePath path, TimeUnit unit, out DateTimeOffset time)
    {
        time = default;
        var reader = new Utf8JsonReader(message, isWhole, default);
        if (!path.Find(ref reader) || reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
        {
            return false;
        }

        return unit == TimeUnit.Iso8601 ? TryReadText(ref reader, out time) : TryReadNumber(reader.ValueSpan, unit, out time);
    }

    private static bool TryReadText(ref Utf8JsonReader reader, out DateTimeOffset time)
    {
        time = default;
        if (reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped || !reader.TryGetDateTime(out DateTime read))
        {
            return false; // no time needs an escape, and one of half a surrogate pair could not even be looked at
        }

        DateTime utc = read.Kind == DateTimeKind.Local ? read.ToUniversalTime() : read;
        return TryMake(utc.Ticks - DateTimeOffset.UnixEpoch.Ticks, out time);
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> digits, TimeUnit unit, out DateTimeOffset time)
    {
        time = default;
        if (Utf8Parser.TryParse(digits, out long whole, out int read) && read == digits.Length)
        {
            return TryMake(unit == TimeUnit.Ns ? whole / TimeSpan.NanosecondsPerTick : whole * (Int128)TicksPer(unit), out time);
        }

        return Utf8Parser.TryParse(digits, out double number, out read) && read == digits.Length
            && TryMake((Int128)(unit == TimeUnit.Ns ? number / TimeSpan.NanosecondsPerTick : number * TicksPer(unit)), out time);
    }

    private static bool TryMake(Int128 ticks, out DateTimeOffset time)
    {
        bool isTime = ticks >= 0 && ticks < (Last - DateTimeOffset.UnixEpoch).Ticks;
        time = isTime ? DateTimeOffset.UnixEpoch.AddTicks((long)ticks) : default;
        return isTime;
    }

    private static long TicksPer(TimeUnit unit) => unit switch
    {
        TimeUnit.S => TimeSpan.TicksPerSecond,
        TimeUnit.Us => TimeSpan.TicksPerMicrosecond,
        _ => TimeSpan.TicksPerMillisecond,
    };
}
