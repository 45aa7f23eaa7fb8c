using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Collector.Sources.Exchange;

/// <summary>A JSON pointer (RFC 6901) that is followed through a message's bytes, without a document and without allocation.</summary>
internal sealed class MessagePath(string pointer)
{
    private readonly (byte[] Name, int Index)[] _steps = [.. pointer.Split('/').Skip(1).Select(Step)];

    /// <summary>Moves a fresh reader to the value. A message that was cut off behind it will do.</summary>
    /// <returns>False where there is no such value, or no JSON.</returns>
    public bool Find(ref Utf8JsonReader reader)
    {
        try
        {
            if (!reader.Read())
            {
                return false;
            }

            foreach ((byte[] name, int index) in _steps)
            {
                if (!(reader.TokenType == JsonTokenType.StartObject ? ToMember(ref reader, name) : ToItem(ref reader, index)))
                {
                    return false;
                }
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Whether a name or a string of a message is that text. Half of a surrogate pair is none.</summary>
    public static bool IsText(ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        try
        {
            return reader.ValueTextEquals(text);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool ToMember(ref Utf8JsonReader reader, byte[] name)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isIt = IsText(ref reader, name);
            if (!reader.Read())
            {
                return false;
            }

            if (isIt)
            {
                return true;
            }

            if (!reader.TrySkip())
            {
                return false;
            }
        }

        return false;
    }

    private static bool ToItem(ref Utf8JsonReader reader, int index)
    {
        if (reader.TokenType != JsonTokenType.StartArray || index < 0)
        {
            return false;
        }

        for (int i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (i == index)
            {
                return true;
            }

            if (!reader.TrySkip())
            {
                return false;
            }
        }

        return false;
    }

    private static (byte[] Name, int Index) Step(string token)
    {
        string name = token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        return (Encoding.UTF8.GetBytes(name), int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : -1);
    }
}
