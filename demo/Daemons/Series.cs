namespace Demo.Daemons;

/// <summary>A stream of records: one data type of one symbol at one exchange.</summary>
internal readonly record struct Series(string Exchange, string Symbol, string DataType)
{
    public override string ToString() => $"{Exchange}/{Symbol}/{DataType}";
}
