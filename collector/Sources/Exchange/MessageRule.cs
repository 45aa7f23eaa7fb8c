using System.Text;
using System.Text.Json;

namespace Collector.Sources.Exchange;

/// <summary>
/// What a message is known by: its whole text; <c>/pointer</c>, a field that is there; or <c>/pointer=value</c>, where the
/// value may be <c>{id}</c>. Of several pointers with <c> | </c> between them one is enough.
/// </summary>
internal sealed class MessageRule(string rule)
{
    private const string Id = "{id}";

    private readonly Form[] _forms = [.. (rule.StartsWith('/') ? rule.Split(" | ") : [rule]).Select(form => new Form(form))];

    /// <summary>Whether the value is the number of the request that it answers.</summary>
    public bool HasId => Array.Exists(_forms, form => form.HasId);

    /// <param name="id">The number that takes the place of <c>{id}</c>, in digits.</param>
    public bool Matches(ReadOnlySpan<byte> message, ReadOnlySpan<byte> id = default)
    {
        foreach (Form form in _forms)
        {
            if (form.Matches(message, id))
            {
                return true;
            }
        }

        return false;
    }

    private sealed class Form
    {
        private readonly byte[] _text;
        private readonly MessagePath? _path;
        private readonly bool _anyValue;

        public Form(string rule)
        {
            int equals = rule.IndexOf('=', StringComparison.Ordinal);
            _anyValue = rule.StartsWith('/') && equals < 0;
            _path = rule.StartsWith('/') ? new MessagePath(_anyValue ? rule : rule[..equals]) : null;
            string value = _path is null ? rule : _anyValue ? "" : rule[(equals + 1)..];
            HasId = value == Id;
            _text = Encoding.UTF8.GetBytes(value);
        }

        public bool HasId { get; }

        public bool Matches(ReadOnlySpan<byte> message, ReadOnlySpan<byte> id)
        {
            ReadOnlySpan<byte> wanted = HasId ? id : _text;
            if (_path is null)
            {
                return message.SequenceEqual(wanted);
            }

            var reader = new Utf8JsonReader(message);
            return _path.Find(ref reader)
                && (_anyValue ? reader.TokenType != JsonTokenType.Null
                    : reader.TokenType == JsonTokenType.String ? MessagePath.IsText(ref reader, wanted)
                    : reader.ValueSpan.SequenceEqual(wanted));
        }
    }
}
