using Collector.Settings;

namespace Collector.Sources.Exchange;

/// <summary>The shipped presets: <c>presets.yaml</c> beside this file, part of the program.</summary>
internal static class VenuePresets
{
    private static readonly Lazy<IReadOnlyDictionary<string, VenuePreset>> Read = new(Load);

    public static IReadOnlyDictionary<string, VenuePreset> All => Read.Value;

    private static IReadOnlyDictionary<string, VenuePreset> Load()
    {
        using Stream stream = typeof(VenuePresets).Assembly.GetManifestResourceStream("presets.yaml")!;
        using var reader = new StreamReader(stream);
        var binder = new OptionsBinder(ConfigFile.Parse(reader.ReadToEnd(), "presets.yaml", new Dictionary<string, string>(StringComparer.Ordinal)));
        PresetFile file = binder.Bind<PresetFile>();
        return binder.Faults.Count == 0 ? file.Presets : throw new InvalidOperationException(string.Join('\n', binder.Faults));
    }

    private sealed record PresetFile
    {
        public IReadOnlyDictionary<string, VenuePreset> Presets { get; init; } = new Dictionary<string, VenuePreset>(StringComparer.Ordinal);
    }
}
