namespace Collector.Hosting.Commands;

/// <summary>Whether a person looks on, or a file or program takes what is written.</summary>
internal static class Terminal
{
    public static bool IsOn(TextWriter output) =>
        (ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected) || (ReferenceEquals(output, Console.Error) && !Console.IsErrorRedirected);

    /// <summary>Colours are for a terminal, and for none that asks for none (https://no-color.org).</summary>
    public static bool IsColoured(TextWriter output) => IsOn(output) && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
}
