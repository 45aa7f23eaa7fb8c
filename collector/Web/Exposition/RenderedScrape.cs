using System.IO.Compression;

namespace Collector.Web.Exposition;

/// <summary>A finished page, shared by the requests that asked for it; the last to let go returns its memory to the pool.</summary>
public sealed class RenderedScrape(ScrapeBuffer page, int readers) : IDisposable
{
    private readonly Lock _gate = new();
    private ScrapeBuffer? _gzipped;
    private int _readers = readers;

    public ReadOnlyMemory<byte> Text => page.Written;

    /// <summary>The page compressed, once for all who want it so.</summary>
    public ReadOnlyMemory<byte> Gzipped()
    {
        lock (_gate)
        {
            _gzipped ??= Compress(page);
            return _gzipped.Written;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _readers) == 0)
        {
            page.Dispose();
            _gzipped?.Dispose();
        }
    }

    private static ScrapeBuffer Compress(ScrapeBuffer page)
    {
        // Text that does not compress grows by a few bytes a block at the most.
        var gzipped = new ScrapeBuffer(page.Length + (page.Length / 8) + 4096, (page.Length / 4) + 4096);
        using var stream = new ScrapeBufferStream(gzipped);
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(page.Written.Span);
        }

        return gzipped;
    }
}
