namespace Mik.TestKit;

/// <summary>The root of this repository, found from where the tests were built.</summary>
public static class RepositoryRoot
{
    /// <summary>Absolute path of the directory that holds <c>Mik.slnx</c>.</summary>
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (var dir = new DirectoryInfo(AppContext.BaseDirectory); dir is not null; dir = dir.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(dir.FullName, "Mik.slnx")))
            {
                return dir.FullName;
            }
        }

        throw new InvalidOperationException("Mik.slnx not found above the test binaries.");
    }
}
