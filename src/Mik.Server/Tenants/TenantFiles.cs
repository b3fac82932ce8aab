using Mik.Scripting.Modules;
using Mik.Server.Catalog;
using Mik.Server.Routing;

namespace Mik.Server.Tenants;

/// <summary>
/// The directory with one tenant's handlers. A tenant may be given the right to write there, so that a file counts only when it lies in it
/// after all symbolic links are followed: a link must not fetch another tenant's handler, or the platform's. Thread-safe.
/// </summary>
internal sealed class TenantFiles
{
    private const string Extension = ".wasm";

    private readonly string _directory;

    /// <param name="directory">The tenant's directory, as <see cref="DirectoryOf"/> found it.</param>
    public TenantFiles(string directory) => _directory = RealPath.Of(directory);

    /// <summary>The full path of a tenant's directory; <see langword="null"/> when there is none, or only a link of that name.</summary>
    /// <param name="root">Where the tenants' directories are, if they are anywhere.</param>
    /// <param name="tenant">The tenant's name, which must have passed the rules for names.</param>
    public static string? DirectoryOf(string? root, string tenant)
    {
        if (root is null)
        {
            return null;
        }

        var directory = new DirectoryInfo(Path.Combine(root, tenant));
        return directory.Exists && directory.LinkTarget is null && ExactName.Exists(root, tenant) ? directory.FullName : null;
    }

    /// <summary>The names of all handlers, in order, among them those that cannot be asked for.</summary>
    public IReadOnlyList<string> Names() =>
        [.. Directory.EnumerateFiles(_directory, "*" + Extension).Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal)];

    /// <summary>Whether there is a handler of exactly that name.</summary>
    public bool Has(string name) =>
        EntryName.Problem(name) is null && StampOf(name) != SourceStamp.Absent && ExactName.Exists(_directory, name + Extension);

    /// <summary>The state of a handler's file; <see cref="SourceStamp.Absent"/> when it is not there or leads out of the directory.</summary>
    public SourceStamp StampOf(string name) => Find(name) is { } file ? SourceStamp.Of(file) : SourceStamp.Absent;

    /// <summary>A handler's bytes.</summary>
    /// <exception cref="FileNotFoundException">It is not there or leads out of the directory.</exception>
    public byte[] Read(string name) =>
        Find(name) is { } file ? File.ReadAllBytes(file) : throw new FileNotFoundException("the handler's file is not in its tenant's directory");

    private string? Find(string name)
    {
        var file = new FileInfo(Path.Combine(_directory, name + Extension));
        if (file.LinkTarget is null)
        {
            return file.FullName;
        }

        try
        {
            var real = RealPath.Of(file.FullName);
            return real.StartsWith(_directory + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? real : null;
        }
        catch (IOException)
        {
            // Links in a circle.
            return null;
        }
    }
}
