using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;

namespace Collector.Stores.QuestDb;

/// <summary>
/// A request's body, sent as it lies in memory. Knows whether its sending has begun: before that a failure means that the
/// server has nothing of it, behind it nobody can tell.
/// </summary>
internal sealed class LinesContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> _lines;
    private readonly bool _gzip;

    public LinesContent(ReadOnlyMemory<byte> lines, bool gzip)
    {
        (_lines, _gzip) = (lines, gzip);
        Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        if (gzip)
        {
            Headers.ContentEncoding.Add("gzip");
        }
    }

    public bool Started { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Started = true;
        if (!_gzip)
        {
            await stream.WriteAsync(_lines, cancellationToken);
            return;
        }

        await using var compressed = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true);
        await compressed.WriteAsync(_lines, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _gzip ? 0 : _lines.Length;
        return !_gzip;
    }
}
