using Collector.Settings.Files;
using Microsoft.Win32.SafeHandles;

namespace Collector.Pipe.Spool;

/// <summary>The calls by which the spool reads and changes a disk, in one place, so that a test can let each of them fail.</summary>
public class SpoolDisk
{
    /// <summary>The disk as it is.</summary>
    public static readonly SpoolDisk Real = new();

    /// <summary>
    /// True where the disk is there and has lost what was asked for; trying again changes nothing, as with bytes that do not
    /// bear their sum. False for what passes, or is to be seen to by hand: too many open files (EMFILE, ENFILE), no memory
    /// (ENOMEM), a share that is away (ESTALE), a file of another owner (EACCES). The runtime hands errno(3) on as the HResult.
    /// </summary>
    public static bool HasLost(Exception exception)
    {
        const int InputOutput = 5; // EIO: a sector that cannot be read
        const int NoData = 61; // ENODATA: the same, as some drives' "critical medium error" arrives
        const int BadMessage = 74; // EBADMSG: a checksum of the file system
        const int NeedsCleaning = 117; // EUCLEAN: a file system that is damaged
        return exception is IOException { HResult: InputOutput or NoData or BadMessage or NeedsCleaning };
    }

    public virtual SafeFileHandle OpenRead(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>As many bytes as there are, which may be fewer than asked for; 0 at the end.</summary>
    public virtual int Read(SafeFileHandle file, Span<byte> into, long offset) => RandomAccess.Read(file, into, offset);

    public virtual void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset) =>
        RandomAccess.Write(file, bytes, offset);

    public virtual void Write(SafeFileHandle file, IReadOnlyList<ReadOnlyMemory<byte>> parts, long offset) =>
        RandomAccess.Write(file, parts, offset);

    public virtual void SetLength(SafeFileHandle file, long length) => RandomAccess.SetLength(file, length);

    public virtual void Sync(SafeFileHandle file) => RandomAccess.FlushToDisk(file);

    /// <summary>Bytes the disk of this directory has left for this user.</summary>
    public virtual long FreeBytes(string directory) => new DriveInfo(directory).AvailableFreeSpace;

    /// <summary>Makes the names of new files last through a power cut.</summary>
    public virtual void SyncDirectory(string directory) => DiskFolder.Sync(directory);
}
