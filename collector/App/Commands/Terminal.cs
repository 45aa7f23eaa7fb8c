using Collector.Settings.Logging;

namespace Collector.App.Commands;

/// <summary>Whether a person looks on, or a file or program takes what is written.</summary>
internal static class Terminal
{
    public static bool IsOn(TextWriter output) =>
        (ReferenceEquals(Behind(output), Console.Out) && !Console.IsOutputRedirected) || (ReferenceEquals(Behind(output), Console.Error) && !Console.IsErrorRedirected);

    /// <summary>The terminal's own writer, for what it is to obey.</summary>
    public static TextWriter Behind(TextWriter output) => output is VisibleWriter { Inner: var inner } ? inner : output;

    /// <summary>Colours are for a terminal, and for none that asks for none (https://no-color.org).</summary>
    public static bool IsColoured(TextWriter output) => IsOn(output) && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
}
