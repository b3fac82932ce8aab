namespace Mik.Cli;

/// <summary>The files of <see cref="UserCache.ErasedSources"/>, seen as files only.</summary>
internal static class KeptSources
{
    public static (int Files, long Bytes) Measure()
    {
        var files = Files();
        return (files.Count, files.Sum(static f => f.Length));
    }

    /// <summary>Deletes them; what there was.</summary>
    public static (int Files, long Bytes) Clear()
    {
        var files = Files();
        var measured = (files.Count, files.Sum(static f => f.Length));
        files.ForEach(static f => f.Delete());
        return measured;
    }

    private static List<FileInfo> Files() => UserCache.ErasedSources is { } directory && Directory.Exists(directory)
        ? [.. new DirectoryInfo(directory).EnumerateFiles().Where(static f => f.Exists)]
        : [];
}
