using System.Globalization;
using Collector.Sources.Prometheus;

namespace Collector.Testing;

/// <summary>What a page of metrics holds, as text that can be compared.</summary>
internal static class SampleTexts
{
    /// <summary>The samples as text, and the fault, if there is one, behind an exclamation mark.</summary>
    public static List<string> Of(ReadOnlySpan<byte> page, ExpositionFormat format)
    {
        var samples = new List<string>();
        var reader = new SampleReader(page, format);
        while (reader.Read())
        {
            (SeriesText? series, string? problem) = SeriesText.Parse(reader.Series);
            if (series is null)
            {
                samples.Add($"! line {reader.Line}: {problem}");
                return samples;
            }

            string time = reader.Micros == SampleReader.NoTime ? "" : $" @{reader.Micros}";
            samples.Add($"{series.Name}{{{series.Canonical()}}} {reader.Value.ToString("R", CultureInfo.InvariantCulture)}{time}");
        }

        if (reader.Fault is { } fault)
        {
            samples.Add($"! {fault}");
        }

        return samples;
    }
}
