using System.Buffers;
using System.Text.Json;

namespace Collector.Web;

/// <summary>JSON on one line, with all that HTML could take for a tag or a quote escaped.</summary>
public static class JsonText
{
    public static byte[] Of(Action<Utf8JsonWriter> write)
    {
        var text = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(text))
        {
            write(json);
        }

        return text.WrittenSpan.ToArray();
    }
}
