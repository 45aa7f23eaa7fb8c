using System.Text.RegularExpressions;
using Collector.Lines;

namespace Collector.IntegrationTests.Lines;

/// <summary>The classes of lines that QuestDB and the reader judge differently, each as docs/line-protocol.md explains it.</summary>
internal static partial class Differences
{
    private static readonly (string Class, Func<LineFault, bool> Is)[] TakenByQuestDbAlone =
    [
        ("boolean left out", fault => fault.Kind == LineFaultKind.Missing),
        ("not finite", fault => fault.Kind == LineFaultKind.Value && fault.Message.Contains("no number that can be stored", StringComparison.Ordinal)),
        ("least integer", fault => fault.Kind == LineFaultKind.Value && (fault.Message.Contains("reads as null", StringComparison.Ordinal) || fault.Message.Contains("no time that can be stored", StringComparison.Ordinal))),
        ("not UTF-8", fault => fault.Kind == LineFaultKind.Text && fault.Message.Contains("UTF-8", StringComparison.Ordinal)),
        ("not UTF-8, in a name", fault => fault.Kind is LineFaultKind.Table or LineFaultKind.Column && fault.Message.Contains('\uFFFD')),
        ("timestamp as a field", fault => fault is { Kind: LineFaultKind.Column, Field: "timestamp" }),
        ("backslash in a bare value", fault => fault.Message.Contains("a backslash has no place", StringComparison.Ordinal)),
        ("binary double into SYMBOL", fault => fault.Kind == LineFaultKind.Type && fault.Message.Contains("is SYMBOL and cannot take", StringComparison.Ordinal) && fault.Message.EndsWith("a double", StringComparison.Ordinal)),
        ("Java's numbers and decimals", fault => fault.Kind == LineFaultKind.Value && JavaNumber().IsMatch(fault.Message)),
        ("no timestamp", fault => fault.Message.Contains("the row has no timestamp", StringComparison.Ordinal)),
        ("data ends within the row", fault => fault.Kind == LineFaultKind.Framing || fault.Message.Contains("the data ends", StringComparison.Ordinal)),
    ];

    [GeneratedRegex("^'(0x[0-9]+i|[-+]?[0-9.]+(e[-+]?[0-9]+)?[dD])' is no value", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex JavaNumber();

    /// <summary>Every class, as the documentation lists them.</summary>
    public static IEnumerable<string> All => TakenByQuestDbAlone.Select(difference => difference.Class);

    /// <summary>The class of a difference; null where it is none that is known.</summary>
    /// <param name="fault">Why the reader refused the line; null where it took it.</param>
    public static string? Explain(LineFault? fault, bool takenByServer) =>
        fault is null || !takenByServer ? null : Array.Find(TakenByQuestDbAlone, difference => difference.Is(fault)).Class;
}
