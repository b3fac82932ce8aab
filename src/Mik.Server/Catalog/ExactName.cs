namespace Mik.Server.Catalog;

/// <summary>
/// Tells whether a file is really called what it was found by. Some file systems are content with less: another case, or a dot too many. Two
/// spellings of one name would be two handlers with twice the limits.
/// </summary>
internal static class ExactName
{
    /// <summary>Whether a directory has an entry of exactly that name.</summary>
    public static bool Exists(string directory, string name)
    {
        if (!Path.Exists(Path.Combine(directory, name)))
        {
            return false;
        }

        // Reading a directory of thousands costs milliseconds, so it is read only where the other case is found as well.
        var other = OtherCaseOf(name);
        var isLoose = other == name ? OperatingSystem.IsWindows() : Path.Exists(Path.Combine(directory, other));
        return !isLoose || Directory.EnumerateFileSystemEntries(directory).Any(entry => Path.GetFileName(entry.AsSpan()).SequenceEqual(name));
    }

    private static string OtherCaseOf(string name) => string.Create(name.Length, name, static (other, name) =>
    {
        for (var i = 0; i < name.Length; i++)
        {
            other[i] = char.IsLower(name[i]) ? char.ToUpperInvariant(name[i]) : char.ToLowerInvariant(name[i]);
        }
    });
}
