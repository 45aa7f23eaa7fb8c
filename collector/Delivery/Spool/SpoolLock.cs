using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Collector.Delivery.Spool;

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
        $"The spool directory {directory} cannot be used: {e.Message} Make it a directory that this user may write, "
        + "or choose another one.",
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
        catch (IOException e) when (IsHeld(path))
        {
            string pid = ReadPid(directory);
            throw new SpoolInUseException(
                $"The spool directory {directory} is in use by process {pid}. Stop that process or give this one another "
                + "directory.",
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(directory, e);
        }
    }

    /// <summary>The file is there and is a file: then what stopped us was its lock.</summary>
    private static bool IsHeld(string path) => File.Exists(path);

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
