namespace Collector.Lines.Tables;

/// <summary>What is wrong in a schema file, and where. Lines and columns count from 1.</summary>
public sealed record SchemaFault(string File, int Line, int Column, string Message)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {Message}";
}
