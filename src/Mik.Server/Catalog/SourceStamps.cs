using System.IO.Enumeration;

namespace Mik.Server.Catalog;

/// <summary>Tells whether a file is still the one that was read. Length as well as time, for edits within one tick of the clock.</summary>
internal readonly record struct SourceStamp(DateTime Modified, long Length)
{
    /// <summary>The stamp of a file that is not there.</summary>
    public static SourceStamp Absent => default;

    public static SourceStamp Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new SourceStamp(file.LastWriteTimeUtc, file.Length) : Absent;
    }
}

/// <summary>The stamps of a set of source files. Thread-safe.</summary>
internal sealed class SourceStamps
{
    // A look costs a system call for each file, a tenth of what a small request takes. Nobody changes a file and asks for it within
    // this time of somebody else's request.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMicroseconds(500);

    private readonly string? _root;
    private readonly IReadOnlyDictionary<string, SourceStamp> _stamps;
    private long _lookedAt;

    private SourceStamps(string? root, IReadOnlyDictionary<string, SourceStamp> stamps) => (_root, _stamps) = (root, stamps);

    /// <summary>When the last of the files was changed.</summary>
    public DateTimeOffset Newest => _stamps.Values.Select(static stamp => new DateTimeOffset(stamp.Modified, TimeSpan.Zero))
        .DefaultIfEmpty(DateTimeOffset.UnixEpoch)
        .Max();

    /// <summary>Stamps every file below a directory that a script may consist of.</summary>
    public static SourceStamps OfTree(string root) => new(root, Walk(root));

    /// <summary>
    /// Keeps only the files that were really used. Because a tree is stamped before it is read, a file that changes while it is read
    /// differs from its stamp and is read again by the next request.
    /// </summary>
    public SourceStamps Only(IEnumerable<string> files)
    {
        var stamps = new Dictionary<string, SourceStamp>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            stamps[file] = _stamps.TryGetValue(file, out var stamp) ? stamp : SourceStamp.Of(file);
        }

        return new SourceStamps(root: null, stamps);
    }

    /// <summary>
    /// Whether nothing has changed on disk since; for a whole tree, whether nothing came or went either. When somebody has just looked,
    /// what they saw.
    /// </summary>
    public bool AreCurrent(TimeProvider time)
    {
        var now = time.GetTimestamp();
        var lookedAt = Volatile.Read(ref _lookedAt);
        if (lookedAt < now && time.GetElapsedTime(lookedAt, now) < BetweenLooks)
        {
            return true;
        }

        if (!AreCurrent())
        {
            return false;
        }

        Volatile.Write(ref _lookedAt, now);
        return true;
    }

    private bool AreCurrent()
    {
        if (_root is not null)
        {
            var now = Walk(_root);
            return now.Count == _stamps.Count
                && now.All(file => _stamps.TryGetValue(file.Key, out var stamp) && stamp == file.Value);
        }

        foreach (var (file, stamp) in _stamps)
        {
            if (SourceStamp.Of(file) != stamp)
            {
                return false;
            }
        }

        return true;
    }

    private static Dictionary<string, SourceStamp> Walk(string root)
    {
        var files = new FileSystemEnumerable<(string Path, SourceStamp Stamp)>(
            root,
            static (ref entry) => (entry.ToFullPath(), new SourceStamp(entry.LastWriteTimeUtc.UtcDateTime, entry.Length)),
            new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
        {
            ShouldIncludePredicate = static (ref entry) => !entry.IsDirectory && IsSource(entry.FileName),
            ShouldRecursePredicate = static (ref entry) => entry.FileName is not "node_modules",
        };
        return files.ToDictionary(file => file.Path, file => file.Stamp, StringComparer.Ordinal);
    }

    private static bool IsSource(ReadOnlySpan<char> fileName) =>
        fileName.EndsWith(".ts", StringComparison.Ordinal)
        || fileName.EndsWith(".js", StringComparison.Ordinal)
        || fileName.EndsWith(".mts", StringComparison.Ordinal)
        || fileName.EndsWith(".mjs", StringComparison.Ordinal)
        || fileName.EndsWith(".json", StringComparison.Ordinal);
}
