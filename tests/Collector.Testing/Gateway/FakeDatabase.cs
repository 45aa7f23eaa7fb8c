using Collector.Lines.Tables;

namespace Collector.Testing;

/// <summary>A database that has the tables of the test.</summary>
internal sealed class FakeDatabase(params LiveTable[] tables) : ITableLookup
{
    public bool IsAway { get; set; }

    /// <summary>The names that it was asked for.</summary>
    public List<string> Asked { get; } = [];

    public Task<TableAnswer> LookUpAsync(string table, CancellationToken cancellationToken)
    {
        Asked.Add(table);
        return Task.FromResult(IsAway
            ? default
            : new TableAnswer(true, tables.FirstOrDefault(live => live.Name.Equals(table, StringComparison.OrdinalIgnoreCase))));
    }
}
