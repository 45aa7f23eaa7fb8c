using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Collector.Settings;

/// <summary>Checks a value against the attributes of its property and says what they allow.</summary>
internal static class Limits
{
    /// <summary>Limits on the number of entries; all others of a list or dictionary hold for each entry.</summary>
    public static bool IsOnCount(ValidationAttribute limit) => limit is LengthAttribute or MinLengthAttribute or MaxLengthAttribute;

    /// <summary>The problem of the first limit that is broken, worded to follow the value; null when none is.</summary>
    public static string? Problem(IEnumerable<ValidationAttribute> limits, object value) =>
        limits.Where(limit => !Holds(limit, value)).Select(limit => Problem(limit, value)).FirstOrDefault();

    /// <summary>What a limit allows, such as "from 1 to 100"; null when it can only say what is wrong.</summary>
    public static string? Allowed(ValidationAttribute limit) => limit switch
    {
        RangeAttribute range => Bounds(Bound(range.Minimum), Bound(range.Maximum)),
        BetweenAttribute between => Bounds(between.Least, between.Most),
        LengthAttribute length => Bounds(Number(length.MinimumLength), Number(length.MaximumLength)),
        MinLengthAttribute least => Bounds(Number(least.Length), null),
        MaxLengthAttribute most => Bounds(null, Number(most.Length)),
        StringLengthAttribute length => Bounds(length.MinimumLength > 0 ? Number(length.MinimumLength) : null, Number(length.MaximumLength)),
        _ => null,
    };

    private static bool Holds(ValidationAttribute limit, object value) => limit switch
    {
        RangeAttribute range => IsWithin(range, value),
        LengthAttribute length => Count(value) >= length.MinimumLength && Count(value) <= length.MaximumLength,
        MinLengthAttribute least => Count(value) >= least.Length,
        MaxLengthAttribute most => Count(value) <= most.Length,
        StringLengthAttribute length => Count(value) >= length.MinimumLength && Count(value) <= length.MaximumLength,
        RegularExpressionAttribute pattern => pattern.IsValid(value is Secret secret ? secret.Reveal() : value),
        _ => limit.IsValid(value),
    };

    private static string Problem(ValidationAttribute limit, object value)
    {
        if (limit.ErrorMessage is { } worded)
        {
            return worded;
        }

        string unit = value is ICollection ? "entries" : "characters";
        return limit switch
        {
            RangeAttribute => $"is out of range; write a number {Allowed(limit)}",
            BetweenAttribute => $"is out of range; write a {(value is TimeSpan ? "duration" : "size")} {Allowed(limit)}",
            LengthAttribute or MinLengthAttribute or MaxLengthAttribute or StringLengthAttribute
                => $"has {Count(value)} {unit}; write {Allowed(limit)}",
            RegularExpressionAttribute pattern => $"does not match the pattern {pattern.Pattern}",
            SchemesAttribute schemes => $"is no {string.Join(" or ", schemes.Schemes)} address",
            _ => limit.FormatErrorMessage("the value"),
        };
    }

    private static string Bounds(string? least, string? most) => (least, most) switch
    {
        (null, _) => $"at most {most}",
        (_, null) => $"at least {least}",
        _ => $"from {least} to {most}",
    };

    /// <summary>The ends of a type mean "no limit".</summary>
    public static string? Bound(object bound) => bound switch
    {
        int.MaxValue or int.MinValue or double.MaxValue or double.MinValue => null,
        double d when Math.Abs(d) >= long.MaxValue => null, // [Range(0, long.MaxValue)] has bounds of type double.
        _ => Convert.ToString(bound, CultureInfo.InvariantCulture),
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    // RangeAttribute.IsValid converts the value to the type of the bounds, which overflows for a long against int bounds.
    private static bool IsWithin(RangeAttribute range, object value)
    {
        double number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        double least = Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture);
        double most = Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);
        bool isOverLeast = range.MinimumIsExclusive ? number > least : number >= least || range.Minimum is int.MinValue;
        bool isUnderMost = range.MaximumIsExclusive ? number < most : number <= most || range.Maximum is int.MaxValue;
        return isOverLeast && isUnderMost;
    }

    private static int Count(object value) => value switch
    {
        string text => text.Length,
        Secret secret => secret.Reveal().Length,
        ICollection collection => collection.Count,
        _ => throw new InvalidOperationException($"A length limit stands on a {value.GetType().Name}, which has none."),
    };
}
