using System.Diagnostics.CodeAnalysis;

namespace Collector.Lines.Tables;

/// <summary>
/// Tells names of tables and columns apart as QuestDB does: each character in lower case, as Java's
/// <c>Character.toLowerCase</c> has it. <see cref="StringComparer.OrdinalIgnoreCase"/> goes by upper case and would have six
/// letters stand alone that the database takes for another (the Kelvin sign for k, İ for i), and others be one that it holds
/// apart (σ and ς, µ and μ).
/// </summary>
public sealed class NameComparer : IEqualityComparer<string>
{
    private NameComparer()
    {
    }

    public static NameComparer Instance { get; } = new();

    /// <summary>The same text for names that are the same.</summary>
    public static string Fold(string name) => string.Create(name.Length, name, static (folded, from) =>
    {
        for (int i = 0; i < folded.Length; i++)
        {
            folded[i] = Lower(from[i]);
        }
    });

    public bool Equals(string? x, string? y)
    {
        if (x is null || y is null || x.Length != y.Length)
        {
            return ReferenceEquals(x, y);
        }

        for (int i = 0; i < x.Length; i++)
        {
            if (x[i] != y[i] && Lower(x[i]) != Lower(y[i]))
            {
                return false;
            }
        }

        return true;
    }

    public int GetHashCode([DisallowNull] string obj)
    {
        var hash = default(HashCode);
        foreach (char letter in obj)
        {
            hash.Add(Lower(letter));
        }

        return hash.ToHashCode();
    }

    /// <summary>The runtime leaves İ as it is.</summary>
    private static char Lower(char letter) => letter == 'İ' ? 'i' : char.ToLowerInvariant(letter);
}
