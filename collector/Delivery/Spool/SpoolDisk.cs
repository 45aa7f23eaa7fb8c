using Collector.Files;
using Microsoft.Win32.SafeHandles;

namespace Collector.Delivery.Spool;

/// <summary>The calls by which the spool changes a disk, in one place, so that a test can let each of them fail.</summary>
internal class SpoolDisk
{
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
