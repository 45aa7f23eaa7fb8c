namespace Collector.Capabilities;

/// <summary>What the program ends with: scripts rely on these.</summary>
public static class ExitCode
{
    public const int Success = 0;

    /// <summary>The command was understood and what it was to do failed.</summary>
    public const int Failure = 1;

    /// <summary>The configuration or the command line is wrong; nothing was started.</summary>
    public const int BadConfiguration = 2;
}
