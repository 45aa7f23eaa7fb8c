using System.ComponentModel.DataAnnotations;

namespace Collector.Settings;

/// <summary>The limits of a duration or a byte size, in the words of the file: <c>[Between("1s", "1h")]</c>.</summary>
/// <param name="least">The least that is allowed; null for no limit.</param>
/// <param name="most">The most that is allowed; null for no limit.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BetweenAttribute(string? least, string? most) : ValidationAttribute
{
    public string? Least { get; } = least;

    public string? Most { get; } = most;

    public override bool IsValid(object? value) => value switch
    {
        TimeSpan duration => IsWithin(duration.Ticks, written => Durations.Parse(written) is { Value: TimeSpan limit } ? limit.Ticks : null),
        ByteSize size => IsWithin(size.Bytes, written => ByteSize.Parse(written) is { Value: ByteSize limit } ? limit.Bytes : null),
        _ => throw new InvalidOperationException("[Between] limits a TimeSpan or a ByteSize; use [Range] for a number."),
    };

    private bool IsWithin(long value, Func<string, long?> read)
    {
        return (Least is null || value >= Limit(Least)) && (Most is null || value <= Limit(Most));

        long Limit(string written) =>
            read(written) ?? throw new InvalidOperationException($"[Between] cannot read its limit \"{written}\".");
    }
}
