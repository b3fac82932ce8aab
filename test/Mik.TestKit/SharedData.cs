using Xunit;

namespace Mik.TestKit;

/// <summary>
/// Test data kept beside the repository (specification suites, third-party components). Absent in an ordinary clone: tests that
/// need it skip and say so.
/// </summary>
public static class SharedData
{
    private static string Root { get; } =
        System.IO.Path.GetFullPath(System.IO.Path.Combine(RepositoryRoot.Path, "..", "shared"));

    /// <summary>Whether the data is there.</summary>
    public static bool IsPresent => Directory.Exists(Root);

    /// <summary>Absolute path of a file of the data; skips the running test when the data is absent.</summary>
    public static string Require(string relativePath)
    {
        Assert.SkipUnless(IsPresent, "needs the shared test data directory beside the repository");
        return System.IO.Path.Combine(Root, relativePath);
    }
}
