using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Collector.Pipe.Spool;

/// <summary>
/// One process a directory. The lock is the operating system's (flock) and ends with its process, however that ends; the
/// file stays and means nothing. The pid stands in a second file, since a locked one cannot be opened to be read.
/// </summary>
internal sealed class SpoolLock : IDisposable
{
    internal const string LockFile = ".lock";
    internal const string PidFile = ".pid";

    private readonly SafeFileHandle _file;
    private readonly string _pidPath;

    private SpoolLock(SafeFileHandle file, string pidPath)
    {
        _file = file;
        _pidPath = pidPath;
    }

    public static SpoolLock Take(string directory)
    {
        string pidPath = Path.Combine(directory, PidFile);
        SafeFileHandle file = Open(directory);
        try
        {
            File.WriteAllText(pidPath, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // A full disk is no reason not to deliver what lies on it: the lock is held, and this only names its holder.
        }
        catch (UnauthorizedAccessException e)
        {
            file.Dispose();
            throw NotWritable(directory, e);
        }

        return new SpoolLock(file, pidPath);
    }

    public static SpoolException NotWritable(string directory, Exception e) => new(
        $"The spool directory {directory} cannot be written by {Environment.UserName}: {e.Message} Give that user a directory to write to (spool.directory, data_dir), "
        + "on a disk that is in order and is not mounted read-only.",
        e);

    public void Dispose()
    {
        try
        {
            File.Delete(_pidPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It only names the holder of a lock that is about to go.
        }

        _file.Dispose();
    }

    private static SafeFileHandle Open(string directory)
    {
        string path = Path.Combine(directory, LockFile);
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refusal(directory, e);
        }
    }

    /// <summary>Why the lock cannot be had: another process has it, or else the file cannot be opened at all.</summary>
    internal static SpoolException Refusal(string directory, Exception e) => IsHeld(e)
        ? new SpoolInUseException($"The spool directory {directory} is in use by process {ReadPid(directory)}. Stop that process or give this one another directory.", e)
        : NotWritable(directory, e);

    /// <summary>EWOULDBLOCK of flock(2) on Linux and macOS, and ERROR_SHARING_VIOLATION of Windows: what the runtime hands on of a lock that is taken.</summary>
    private static bool IsHeld(Exception e) => e is IOException && e.HResult is 11 or 35 or unchecked((int)0x80070020);

    /// <summary>The process that last took the directory, as it wrote itself down.</summary>
    internal static string ReadPid(string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, PidFile)).Trim() is { Length: > 0 } pid ? pid : "(unknown)";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "(unknown)";
        }
    }
}
