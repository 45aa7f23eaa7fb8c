using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Collector.Delivery.Spool;

/// <summary>
/// The folder name of a table. Small letters, digits, '_', '-' and inner dots stand for themselves, all else is %XX of its
/// UTF-8 bytes: capitals too, for on a disk that ignores case two tables must not share a folder. A name too long for a file
/// system becomes "%~" and its hash, and the folder holds the name in a file.
/// </summary>
internal static class TableFolder
{
    public const string NameFile = "table";

    /// <summary>Bytes; Linux takes 255.</summary>
    private const int MaxLength = 200;

    private const string HashMark = "%~";

    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-.");
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Of(string table)
    {
        ArgumentException.ThrowIfNullOrEmpty(table);
        byte[] bytes = StrictUtf8.GetBytes(table);
        var name = new StringBuilder(bytes.Length);
        foreach (byte b in bytes)
        {
            bool isLeadingDot = b == '.' && name.Length == 0;
            _ = b < 0x80 && Plain.Contains((char)b) && !isLeadingDot ? name.Append((char)b) : name.Append($"%{b:X2}");
        }

        return name.Length <= MaxLength ? name.ToString() : HashMark + Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    /// <summary>Makes the folder, with the name file where the folder's own name does not tell.</summary>
    public static string Make(string root, string table)
    {
        string name = Of(table);
        string path = Path.Combine(root, name);
        Directory.CreateDirectory(path);
        string nameFile = Path.Combine(path, NameFile);
        if (name.StartsWith(HashMark, StringComparison.Ordinal) && !File.Exists(nameFile))
        {
            File.WriteAllText(nameFile, table, StrictUtf8);
        }

        return path;
    }

    /// <summary>The table of a folder; null when no table has such a folder.</summary>
    public static string? TableOf(string folder)
    {
        string name = Path.GetFileName(folder);
        string nameFile = Path.Combine(folder, NameFile);
        if (name.StartsWith(HashMark, StringComparison.Ordinal))
        {
            string? table = File.Exists(nameFile) ? File.ReadAllText(nameFile, StrictUtf8) : null;
            return !string.IsNullOrEmpty(table) && string.Equals(Of(table), name, StringComparison.Ordinal) ? table : null;
        }

        try
        {
            string table = Uri.UnescapeDataString(name);
            return string.Equals(Of(table), name, StringComparison.Ordinal) ? table : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
