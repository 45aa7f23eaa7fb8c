using System.Runtime.InteropServices;

namespace Collector.Web.Exposition;

/// <summary>One part of the collector at one moment.</summary>
/// <param name="Because">Why it is not ready, on one line; null when it is.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PartState(string Name, string? Because)
{
    public static PartState Of(IReadiness part)
    {
        try
        {
            return new PartState(part.Name, part.NotReadyBecause?.ReplaceLineEndings(" "));
        }
        catch (Exception exception)
        {
            // A part that cannot tell is not ready, and takes no other part's line with it.
            return new PartState(part.Name, $"it cannot tell its state: {exception.Message.ReplaceLineEndings(" ")}");
        }
    }
}
