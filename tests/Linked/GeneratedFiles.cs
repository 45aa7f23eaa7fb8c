namespace Collector.Testing;

/// <summary>Files of the repository that are made from the program: compared, or with <c>UPDATE_DOCS=1</c> written.</summary>
internal static class GeneratedFiles
{
    /// <summary>Whether they are to be written.</summary>
    public static bool AreWanted => Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1";

    /// <summary>Ends the test that has written one: what it would compare is what it wrote.</summary>
    public static void Written(string what) => Skip.If(true, $"{what} was written; run without UPDATE_DOCS to compare");
}
