using System.Text;
using Collector.Lines;

namespace Collector.IntegrationTests.Lines;

/// <summary>The classes of lines that QuestDB and the reader judge differently, each as docs/line-protocol.md explains it.</summary>
internal static class Differences
{
    public static readonly string[] All = [];

    public static string? Explain(byte[] line, bool taken, string?[]? values, LineFault? fault, bool takenByServer, string?[]? theirs)
    {
        return null;
    }
}
