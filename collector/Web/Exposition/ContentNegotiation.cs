using System.Globalization;

namespace Collector.Web.Exposition;

/// <summary>
/// Chooses format and coding from a request's headers (RFC 9110, 12.5). OpenMetrics is written only for who asks for it by
/// name; whoever accepts anything, nothing, or only what there is not, gets the text format.
/// </summary>
internal static class ContentNegotiation
{
    public static TextFormat Format(string? accept)
    {
        Match text = default, openMetrics = default;
        foreach (Range range in (accept ?? "").AsSpan().Split(','))
        {
            ReadOnlySpan<char> item = accept.AsSpan(range);
            double quality = Quality(item, out ReadOnlySpan<char> version);
            ReadOnlySpan<char> type = Head(item);
            text.Consider(Specificity(type, "text/plain", "text/*", version, "0.0.4"), quality);
            openMetrics.Consider(Specificity(type, "application/openmetrics-text", "application/*", version, "1.0.0"), quality);
        }

        bool better = openMetrics.Quality > text.Quality || (openMetrics.Quality == text.Quality && openMetrics.Specificity > text.Specificity);
        return better && openMetrics is { Quality: > 0, Specificity: Match.ByName } ? TextFormat.OpenMetrics : TextFormat.Prometheus;
    }

    public static bool TakesGzip(string? acceptEncoding)
    {
        Match gzip = default;
        foreach (Range range in (acceptEncoding ?? "").AsSpan().Split(','))
        {
            ReadOnlySpan<char> item = acceptEncoding.AsSpan(range);
            ReadOnlySpan<char> coding = Head(item);
            int specificity = coding.Equals("gzip", StringComparison.OrdinalIgnoreCase) ? Match.ByName : coding is "*" ? Match.Any : Match.None;
            gzip.Consider(specificity, Quality(item, out _));
        }

        return gzip.Quality > 0;
    }

    private static int Specificity(ReadOnlySpan<char> type, string name, string group, ReadOnlySpan<char> version, string ours)
    {
        if (type.Equals(name, StringComparison.OrdinalIgnoreCase))
        {
            return version.IsEmpty || version.Equals(ours, StringComparison.Ordinal) ? Match.ByName : Match.None;
        }

        return type.Equals(group, StringComparison.OrdinalIgnoreCase) ? Match.ByGroup : type is "*/*" ? Match.Any : Match.None;
    }

    private static ReadOnlySpan<char> Head(ReadOnlySpan<char> item)
    {
        int end = item.IndexOf(';');
        return (end < 0 ? item : item[..end]).Trim();
    }

    private static double Quality(ReadOnlySpan<char> item, out ReadOnlySpan<char> version)
    {
        double quality = 1;
        version = default;
        foreach (Range range in item.Split(';'))
        {
            ReadOnlySpan<char> parameter = item[range];
            int equals = parameter.IndexOf('=');
            if (equals < 0)
            {
                continue;
            }

            ReadOnlySpan<char> name = parameter[..equals].Trim();
            ReadOnlySpan<char> value = parameter[(equals + 1)..].Trim().Trim('"');
            if (name.Equals("q", StringComparison.OrdinalIgnoreCase))
            {
                quality = double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double q) ? Math.Min(q, 1) : 0;
            }
            else if (name.Equals("version", StringComparison.OrdinalIgnoreCase))
            {
                version = value;
            }
        }

        return quality;
    }

    /// <summary>The most specific range that takes something, whatever the order they stand in.</summary>
    private record struct Match(int Specificity, double Quality)
    {
        public const int None = 0;
        public const int Any = 1;
        public const int ByGroup = 2;
        public const int ByName = 3;

        public void Consider(int specificity, double quality)
        {
            if (specificity > Specificity || (specificity == Specificity && specificity > None && quality > Quality))
            {
                (Specificity, Quality) = (specificity, quality);
            }
        }
    }
}
