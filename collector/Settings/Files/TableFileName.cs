using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Collector.Settings.Files;

/// <summary>
/// What a table's file or folder is called. Small letters, digits, '_', '-', '~' and inner dots stand for themselves, all else
/// is %XX of its UTF-8 bytes: capitals too, for on a disk that ignores case two tables must not share a file. A name that
/// becomes too long for a file system is "%~" and its hash, and the name itself is kept in a file.
/// </summary>
public static class TableFileName
{
    /// <summary>Bytes; Linux takes 255, and extensions come on top.</summary>
    private const int MaxLength = 200;

    private const string HashMark = "%~";

    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-.~");
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

    /// <summary>The name does not tell the table.</summary>
    public static bool IsHash(string name) => name.StartsWith(HashMark, StringComparison.Ordinal);

    /// <summary>Keeps the table's name beside a file that is named by its hash. One that is there and says otherwise, or nothing, is written anew.</summary>
    /// <param name="nameFile">Where it is kept.</param>
    /// <param name="table">The table.</param>
    /// <param name="sync">As <see cref="WholeFile"/> has it.</param>
    public static void Keep(string nameFile, string table, Action<string>? sync = null)
    {
        if (IsHash(Of(table)) && TableOf(Of(table), nameFile) is null)
        {
            WholeFile.Write(nameFile, StrictUtf8.GetBytes(table), sync);
        }
    }

    /// <summary>The table that is called so; null when none is, or when it is a hash and no file tells of what.</summary>
    /// <param name="name">Without an extension.</param>
    /// <param name="nameFile">Where <see cref="Keep"/> kept the table's name.</param>
    public static string? TableOf(string name, string nameFile)
    {
        try
        {
            string table = !IsHash(name) ? Uri.UnescapeDataString(name) : File.Exists(nameFile) ? File.ReadAllText(nameFile, StrictUtf8) : "";
            return table.Length > 0 && string.Equals(Of(table), name, StringComparison.Ordinal) ? table : null;
        }
        catch (ArgumentException)
        {
            return null; // no text
        }
    }
}
