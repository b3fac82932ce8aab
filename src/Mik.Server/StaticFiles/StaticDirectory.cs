using Mik.Server.Faults;
using Microsoft.Extensions.Primitives;

namespace Mik.Server.StaticFiles;

/// <summary>
/// The files of a directory, looked at anew for every request. Nothing outside of it can be reached: names lead only down, and a link that
/// leads out is not there. Thread-safe.
/// </summary>
/// <param name="root">Absolute path of the directory, which need not exist; it may be a link, which deployments turn.</param>
internal sealed class StaticDirectory(string root)
{
    private const string Index = "index.html";

    /// <summary>The one hidden directory that is meant for the public. rfc: 8615</summary>
    private const string WellKnown = ".well-known";

    /// <summary>Opens what a path names, compressed beforehand if there is such a file beside it and the client takes it.</summary>
    /// <param name="path">The path.</param>
    /// <param name="acceptEncoding">The request's <c>Accept-Encoding</c>.</param>
    public StaticLookup Find(StaticPath path, StringValues acceptEncoding)
    {
        if (path.Segments.Any(static name => name[0] == '.' && name != WellKnown))
        {
            return Missing();
        }

        try
        {
            if (RealPath.Of(root) is not { } realRoot || RealPath.Of(Path.Combine([root, .. path.Segments])) is not { } file || !IsWithin(file, realRoot))
            {
                return Missing();
            }

            if (Directory.Exists(file))
            {
                if (!path.IsDirectory)
                {
                    return File.Exists(Path.Combine(file, Index)) ? new StaticLookup { IsDirectory = true } : Missing();
                }

                file = RealPath.Of(Path.Combine(file, Index));
                if (file is null || !IsWithin(file, realRoot))
                {
                    return Missing();
                }
            }
            else if (path.IsDirectory)
            {
                return Missing();
            }

            return Open(file, realRoot, acceptEncoding);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return Missing();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new StaticLookup { Fault = new Fault(FaultKind.FileUnreadable, "The file cannot be read.") { Diagnosis = unreadable.Message } };
        }
    }

    private static StaticLookup Open(string file, string realRoot, StringValues acceptEncoding)
    {
        var original = new FileInfo(file);
        if (!original.Exists)
        {
            return Missing();
        }

        // One that is older than the file itself was made of another version.
        var variants = AcceptedEncodings.Known
            .Select(encoding => (encoding.Name, File: new FileInfo(file + encoding.Extension)))
            .Where(variant => variant.File.Exists && variant.File.LastWriteTimeUtc >= original.LastWriteTimeUtc)
            .ToList();
        foreach (var (name, _) in variants.Count > 0 ? AcceptedEncodings.In(acceptEncoding) : [])
        {
            if (variants.FirstOrDefault(each => each.Name == name) is { File: { } variant }
                && RealPath.Of(variant.FullName) is { } real && IsWithin(real, realRoot))
            {
                return new StaticLookup { File = StaticFile.Open(real, name), Path = file, HasVariants = true };
            }
        }

        return new StaticLookup { File = StaticFile.Open(file), Path = file, HasVariants = variants.Count > 0 };
    }

    private static bool IsWithin(string path, string directory) =>
        path.Length >= directory.Length
        && path.StartsWith(directory, StringComparison.Ordinal)
        && (path.Length == directory.Length || Path.EndsInDirectorySeparator(directory) || path[directory.Length] == Path.DirectorySeparatorChar);

    private static StaticLookup Missing() => new() { Fault = new Fault(FaultKind.FileUnknown, "There is no file of that name.") };
}

/// <summary>What a path turned out to name: a file, a directory that wants a slash at its end, or nothing.</summary>
internal readonly record struct StaticLookup
{
    public StaticFile? File { get; init; }

    /// <summary>Where the file is, its extension being that of what it contains, compressed or not.</summary>
    public string? Path { get; init; }

    /// <summary>Whether other clients would get the file in another encoding.</summary>
    public bool HasVariants { get; init; }

    public bool IsDirectory { get; init; }

    public Fault? Fault { get; init; }
}
