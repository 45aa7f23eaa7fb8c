namespace Collector.Web.Exposition;

/// <summary>Lets a stream write into a <see cref="ScrapeBuffer"/>.</summary>
internal sealed class ScrapeBufferStream(ScrapeBuffer page) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer) => page.Append(buffer);

    public override void Write(byte[] buffer, int offset, int count) => page.Append(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
