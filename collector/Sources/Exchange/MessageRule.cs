using System.Text;
using System.Text.Json;

namespace Collector.Sources.Exchange;

/// <summary>
/// What a message is known by: its whole text; <c>/pointer</c>, a field that is there; or <c>/pointer=value</c>, where the
/// value may be <c>{id}</c>.
/// </summary>
internal sealed class MessageRule
{
    private const string Id = "{id}";

    private readonly byte[] _text;
    private readonly MessagePath? _path;
    private readonly bool _anyValue;

    public MessageRule(string rule)
    {
        int equals = rule.IndexOf('=', StringComparison.Ordinal);
        _anyValue = rule.StartsWith('/') && equals < 0;
        _path = rule.StartsWith('/') ? new MessagePath(_anyValue ? rule : rule[..equals]) : null;
        string value = _path is null ? rule : _anyValue ? "" : rule[(equals + 1)..];
        HasId = value == Id;
        _text = Encoding.UTF8.GetBytes(value);
    }

    /// <summary>Whether the value is the number of the request that it answers.</summary>
    public bool HasId { get; }

    /// <param name="id">The number that takes the place of <c>{id}</c>, in digits.</param>
    public bool Matches(ReadOnlySpan<byte> message, ReadOnlySpan<byte> id = default)
    {
        ReadOnlySpan<byte> wanted = HasId ? id : _text;
        if (_path is null)
        {
            return message.SequenceEqual(wanted);
        }

        var reader = new Utf8JsonReader(message);
        return _path.Find(ref reader)
            && (_anyValue ? reader.TokenType != JsonTokenType.Null
                : reader.TokenType == JsonTokenType.String ? reader.ValueTextEquals(wanted)
                : reader.ValueSpan.SequenceEqual(wanted));
    }
}
