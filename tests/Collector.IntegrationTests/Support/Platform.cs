using System.Runtime.Versioning;

// Signals, /proc and shell scripts: these tests are for Linux.
[assembly: SupportedOSPlatform("linux")]
