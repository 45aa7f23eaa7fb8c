namespace Collector.Settings;

/// <summary>Guesses which known name a misspelt one was meant to be.</summary>
public static class NearestName
{
    private const int MaxDistance = 2;
    private const int MinPrefix = 3;

    /// <summary>The known name at most two typing slips away, else one that continues the other; null if there is none.</summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        string written = Normal(name);
        string? nearest = null;
        int least = Math.Min(MaxDistance, Math.Max(1, written.Length / 2)) + 1;
        string? prefixed = null;
        foreach (string candidate in known)
        {
            int distance = Distance(written, Normal(candidate));
            if (distance < least)
            {
                (nearest, least) = (candidate, distance);
            }

            if (prefixed is null && Math.Min(written.Length, candidate.Length) >= MinPrefix
                && (candidate.StartsWith(written, StringComparison.Ordinal) || written.StartsWith(candidate, StringComparison.Ordinal)))
            {
                prefixed = candidate;
            }
        }

        return nearest ?? prefixed;
    }

    /// <summary>Damerau-Levenshtein (optimal string alignment): insert, delete, replace, swap two neighbours.</summary>
    public static int Distance(string from, string to)
    {
        int[,] cost = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++)
        {
            cost[i, 0] = i;
        }

        for (int j = 0; j <= to.Length; j++)
        {
            cost[0, j] = j;
        }

        for (int i = 1; i <= from.Length; i++)
        {
            for (int j = 1; j <= to.Length; j++)
            {
                int replace = cost[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(replace, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
                }
            }
        }

        return cost[from.Length, to.Length];
    }

    /// <summary>Names are short; the cut bounds the work that an absurdly long key could cause.</summary>
    private static string Normal(string name) =>
        (name.Length > 64 ? name[..64] : name).ToLowerInvariant().Replace('-', '_');
}
