using Collector.Settings.Files;

namespace Collector.Pipe.Delivery;

/// <summary>
/// Entries on their way to the end of a table's file, which the first of them makes, with its folder. They count once they are
/// flushed; without that they are taken back.
/// </summary>
/// <param name="directory">The quarantine's.</param>
/// <param name="sync">As <see cref="WholeFile"/> has it.</param>
internal sealed class QuarantineAppend(string directory, string table, Action<string>? sync) : IDisposable
{
    private FileStream? _file;
    private long _before;
    private bool _isFlushed;

    public void Write(byte[] entry)
    {
        _file ??= Open();
        _file.Write(entry);
    }

    /// <summary>Has the entries on disk, and returns by how many bytes the file has grown.</summary>
    public long Flush()
    {
        _file?.Flush(flushToDisk: true);
        _isFlushed = true;
        return _file is null ? 0 : _file.Length - _before;
    }

    public void Dispose()
    {
        if (_file is not { } file)
        {
            return;
        }

        _file = null;
        try
        {
            if (!_isFlushed)
            {
                file.SetLength(_before);
            }
        }
        catch (IOException)
        {
            // The disk that refused the entries refuses this too: some of them stay, and are lost by the books.
        }
        finally
        {
            file.Dispose();
        }
    }

    private FileStream Open()
    {
        DiskFolder.Make(directory, sync);
        TableFileName.Keep(QuarantineFile.NamePathOf(directory, table), table, sync);
        FileStream file = new(QuarantineFile.PathOf(directory, table), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        _before = file.Length;
        if (_before == 0)
        {
            (sync ?? DiskFolder.Sync)(directory); // first the file's name has to last, then what is in it
            return file;
        }

        file.Position = _before - 1;
        if (file.ReadByte() != '\n')
        {
            file.Write("\n"u8); // behind a line that a crash or a full disk cut off begins a line of its own
        }

        return file;
    }
}
