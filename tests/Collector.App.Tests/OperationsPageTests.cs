using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Collector.App;
using Collector.Capabilities;
using Collector.Settings;
using Microsoft.AspNetCore.Builder;
using Serilog.Core;

namespace Collector.Tests.App;

/// <summary>docs/operations.md holds what the program has: every metric, every bound, and none besides.</summary>
public sealed partial class OperationsPageTests
{
    private const string BoundsBegin = "<!-- bounds: written by UPDATE_DOCS=1 -->\n";
    private const string BoundsEnd = "<!-- end of bounds -->\n";

    private static string Path_ => Path.Combine(Repository.Folder, "docs", "operations.md");

    [Fact]
    public async Task Metrics_OfThePage_AreThoseOfTheProgram()
    {
        var real = new SortedSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            // Meters with a scope are those of tests that run beside this one.
            if (instrument.Meter is { Name: "Collector", Scope: null })
            {
                lock (real)
                {
                    real.Add(instrument.Name);
                }
            }
        };
        listener.Start();
        using var folder = new TemporaryFolder();
        TestCertificate.Write(folder.File("cert.pem"), folder.File("key.pem"));
        await File.WriteAllTextAsync(
            folder.File("c.yaml"),
            $"data_dir: data\nschemas_dir: {Path.Combine(Repository.Folder, "schemas")}\nhttp:\n  listen: 127.0.0.1:0\n  tls: {{certificate: cert.pem, key: key.pem}}\nheartbeat:\n  url: http://127.0.0.1:1\nstore:\n  type: questdb\n  questdb:\n    url: http://127.0.0.1:1\nsources:\n  host:\n    - interval: 1s\n");
        await using Logger logger = new Serilog.LoggerConfiguration().CreateLogger();
        await using (WebApplication app = CollectorHost.Build(CollectorConfig.Load(folder.File("c.yaml"), new Dictionary<string, string>(StringComparer.Ordinal)), logger))
        {
        }

        string page = await File.ReadAllTextAsync(Path_);
        string[] told = [.. TableRow().Matches(page[..page.IndexOf(BoundsBegin, StringComparison.Ordinal)]).Select(match => match.Groups["name"].Value).Order(StringComparer.Ordinal)];

        Assert.Equal(real, told);
    }

    [SkippableFact]
    public void Bounds_OfThePage_AreThoseOfTheOptions_UpToDate()
    {
        string page = File.ReadAllText(Path_);
        string bounds = "| setting | default | may be |\n|---|---|---|\n" + string.Concat(
            Rows("", new CollectorOptions()).Concat(CapabilityList.All.SelectMany(capability => capability.Sections).SelectMany(section => Rows($"{section.Key}.", Activator.CreateInstance(section.Options)!))));
        int begin = page.IndexOf(BoundsBegin, StringComparison.Ordinal) + BoundsBegin.Length;
        int end = page.IndexOf(BoundsEnd, StringComparison.Ordinal);
        if (GeneratedFiles.AreWanted)
        {
            File.WriteAllText(Path_, page[..begin] + bounds + page[end..]);
            GeneratedFiles.Written(Path_);
        }

        Assert.Equal(bounds, page[begin..end]);
    }

    private static IEnumerable<string> Rows(string path, object options)
    {
        foreach (OptionKey key in OptionsShape.Of(options.GetType()).Keys)
        {
            object? value = key.Property.GetValue(options);
            if (value is not null && key.Shape.Kind == ValueKind.Record)
            {
                foreach (string row in Rows($"{path}{key.Name}.", value))
                {
                    yield return row;
                }
            }
            else if (value is ByteSize || key.Limits.Select(Limits.Allowed).Any(allowed => allowed is not null))
            {
                string written = value is TimeSpan span ? Durations.Write(span) : $"{value}";
                string allowed = key.Limits.Select(Limits.Allowed).FirstOrDefault(text => text is not null) ?? "any size";
                yield return $"| `{path}{key.Name}` | {written} | {allowed} |\n";
            }
        }
    }

    [GeneratedRegex(@"^\| `(?<name>[a-z]+_[a-z_]+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TableRow();
}
