namespace Collector.FaultTests.Oracle;

/// <summary>A row as it came out of the database.</summary>
/// <param name="Times">How many rows bear this number.</param>
/// <param name="IsWhole">Every column holds what this number's row was written with.</param>
internal sealed record StoredNumber(string Series, long Number, long Times, bool IsWhole);

/// <summary>What is there in the end.</summary>
/// <param name="Stored">The database's rows.</param>
/// <param name="Quarantined">The quarantine's rows, each as often as it stands there.</param>
internal sealed record Evidence(IReadOnlyCollection<StoredNumber> Stored, IReadOnlyCollection<(string Series, long Number)> Quarantined);

/// <summary>Holds what is there against what was acknowledged. Knows no process, no file and no database.</summary>
internal static class Verdict
{
    /// <summary>Numbers shown of each kind of finding.</summary>
    private const int Shown = 12;

    /// <param name="isBad">The store refuses the row with this number.</param>
    /// <param name="isTold">The collector has told of the damage to a file.</param>
    /// <returns>What is wrong, in words; empty: nothing.</returns>
    public static IReadOnlyList<string> Of(
        Memory memory, Evidence evidence, Func<string, long, bool> isBad, Func<Damage, bool> isTold)
    {
        IReadOnlyDictionary<string, HashSet<long>> acknowledged = memory.Numbers();
        HashSet<(string, long)> excused = [.. memory.Damages.SelectMany(damage => damage.Rows)];
        HashSet<(string, long)> stored = [.. evidence.Stored.Select(row => (row.Series, row.Number))];
        HashSet<(string, long)> setAside = [.. evidence.Quarantined];
        (string Series, long Number)[] owed = [.. acknowledged.SelectMany(series => series.Value.Select(number => (series.Key, number)))];
        (string Series, long Number)[] lost = [.. owed.Where(row => !(isBad(row.Series, row.Number) ? setAside : stored).Contains(row))];

        var findings = new List<string>(memory.Faults);
        Add("acknowledged and not stored", lost.Where(row => !isBad(row.Series, row.Number) && !excused.Contains(row)));
        Add("bad, acknowledged and not in quarantine", lost.Where(row => isBad(row.Series, row.Number) && !excused.Contains(row)));
        Add("stored more than once", evidence.Stored.Where(row => row.Times > 1).Select(row => (row.Series, row.Number)));
        Add("stored with other values than were written", evidence.Stored.Where(row => !row.IsWhole).Select(row => (row.Series, row.Number)));
        Add("bad and stored", stored.Where(row => isBad(row.Item1, row.Item2)));
        Add("good and in quarantine", setAside.Where(row => !isBad(row.Item1, row.Item2)));
        Add("in quarantine more than once", evidence.Quarantined.GroupBy(row => row).Where(row => row.Count() > 1 && !memory.IsResent(row.Key)).Select(row => row.Key));
        HashSet<(string, long)> lostToDamage = [.. lost.Where(excused.Contains)];
        findings.AddRange(memory.Damages
            .Where(damage => damage.MustTell && damage.Rows.Any(lostToDamage.Contains) && !isTold(damage))
            .Select(damage => $"rows were lost with {Path.GetFileName(damage.File)} ({damage.What}), and the collector does not say so"));
        findings.AddRange(memory.WrongBooks.Take(Shown).Select(sample => $"the books do not add up: {sample}"));
        return findings;

        void Add(string what, IEnumerable<(string Series, long Number)> rows)
        {
            (string Series, long Number)[] all = [.. rows.Order()];
            if (all.Length > 0)
            {
                findings.Add($"{all.Length} rows {what}: {string.Join(", ", all.Take(Shown).Select(row => $"{row.Series} {row.Number}"))}{(all.Length > Shown ? ", …" : "")}");
            }
        }
    }
}
