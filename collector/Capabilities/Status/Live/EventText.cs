using System.Buffers;

namespace Collector.Capabilities.Status.Live;

/// <summary>
/// Server-sent events (the HTML standard, section 9.2): UTF-8, fields a line each, an empty line behind each event. JSON as
/// it is written here holds no line breaks, so that its data is one line.
/// <code>
/// event: status
/// data: {"ready":true,...}
///
/// </code>
/// </summary>
internal static class EventText
{
    /// <summary>Sent first: how long a browser waits until it connects again.</summary>
    public static readonly byte[] Opening = "retry: 1000\n\n"u8.ToArray();

    /// <summary>The collector stops; nothing comes behind it.</summary>
    public static readonly byte[] Stopping = Of("stopping", "{}"u8);

    public static byte[] Of(string name, ReadOnlySpan<byte> json)
    {
        if (json.IndexOfAny((byte)'\n', (byte)'\r') >= 0)
        {
            throw new ArgumentException("An event's data is one line.", nameof(json));
        }

        var text = new ArrayBufferWriter<byte>(json.Length + 32);
        text.Write("event: "u8);
        text.Write(System.Text.Encoding.ASCII.GetBytes(name));
        text.Write("\ndata: "u8);
        text.Write(json);
        text.Write("\n\n"u8);
        return text.WrittenSpan.ToArray();
    }
}
