using System.Globalization;
using System.Text;
using Collector.Pipe.Delivery;

namespace Collector.FaultTests.Feeding;

/// <summary>
/// What a feeder tells through its standard output, a line each, written whole. A line that a kill cut off does not end in
/// the mark and does not count.
/// <code>
/// A table first last .                    these rows are acknowledged
/// R table first last .                    these rows were refused
/// B held table remainder pending accepted quarantined dropped .     the books of a table
/// </code>
/// </summary>
internal static class Report
{
    private const string End = " .";
    private static readonly Lock Gate = new();
    private static readonly Stream Output = Console.OpenStandardOutput();

    public static void Acknowledged(string table, long first, long last) => Write($"A {table} {first} {last}");

    public static void Refused(string table, long first, long last) => Write($"R {table} {first} {last}");

    public static void Books(bool isHeld, in LedgerEntry entry) => Write(
        $"B {(isHeld ? 1 : 0)} {entry.Table} {entry.Remainder} {entry.Pending} {entry.Accepted} {entry.Quarantined} {entry.Dropped}");

    /// <returns>The parts of a line; empty when it is not whole.</returns>
    public static string[] Parts(string line) => line.EndsWith(End, StringComparison.Ordinal) ? line[..^End.Length].Split(' ') : [];

    public static long Number(string part) => long.Parse(part, CultureInfo.InvariantCulture);

    private static void Write(string line)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(line + End + "\n");
        lock (Gate)
        {
            Output.Write(bytes); // no buffer behind it: one system call, and what the pipe has is whole
        }
    }
}
